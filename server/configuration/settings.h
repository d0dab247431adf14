// What the program was asked to do, as the command line says it. The only home of CLI11.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "server/configuration/configuration.h"

namespace muxlab::server::configuration {

// What is absent here is the file's to say, and else has its default.
struct ServeSettings {
  std::filesystem::path configuration_file;  // empty: none
  std::vector<std::string> addresses;
  HostNames host_names;
  std::optional<PortChoice> site_port;
  std::optional<PortChoice> plain_port;
  std::optional<PortChoice> console_port;
  std::optional<std::uint32_t> workers;
  std::optional<std::filesystem::path> root;
  std::optional<std::filesystem::path> certificate;
  std::optional<std::filesystem::path> key;
  std::optional<std::filesystem::path> certificate_folder;
  std::optional<std::filesystem::path> ticket_keys;
  std::vector<net::AddressRange> balancers;
  std::optional<std::filesystem::path> access_log;
  std::optional<std::filesystem::path> watch;  // "-" when no file is given
  std::optional<std::filesystem::path> key_log;
  std::optional<link::LineProfile> line;
  bool no_lab = false;
  bool json = false;
};

// What is in force: the defaults, over them the file as it is now, over that the command line.
Result<Configuration> configuration_of(const ServeSettings& settings);

struct CertsSettings {
  std::filesystem::path certificate_folder;
  bool json = false;
};

struct TicketsSettings {
  std::filesystem::path file;
};

struct ConfigSettings {
  enum class What { example, schema, tables, manual, check };
  What what = What::example;
  std::filesystem::path file;  // to check
};

// The line was answered (--help, --version) or refused; the text is printed already.
struct Exit {
  int code;
};

using Settings = std::variant<ServeSettings, CertsSettings, TicketsSettings, ConfigSettings, Exit>;

Settings parse_command_line(int argument_count, char** arguments, const std::string& version);

}  // namespace muxlab::server::configuration
