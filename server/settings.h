// What `muxlab serve` was asked to do, as the command line says it. The only home of CLI11.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace muxlab::server {

// A port as a person gives it: a number, 0 for "off", or "auto" for any free one.
struct PortChoice {
  enum class Kind { off, any, fixed };
  Kind kind = Kind::off;
  std::uint16_t number = 0;

  static PortChoice fixed(std::uint16_t number) { return {Kind::fixed, number}; }
};

struct ServeSettings {
  std::vector<std::string> addresses;  // empty: this machine only, 127.0.0.1 and ::1
  PortChoice site_port = PortChoice::fixed(8443);
  PortChoice plain_port = PortChoice::fixed(8080);
  PortChoice console_port = PortChoice::fixed(8440);
  unsigned workers = 0;               // 0: one for each CPU
  std::filesystem::path certificate;  // empty: the local certificates
  std::filesystem::path key;
  std::filesystem::path certificate_folder;
  bool lab = true;
  std::string access_log;  // empty: none; "-": standard output
  bool json = false;
};

struct CertsSettings {
  std::filesystem::path certificate_folder;
  bool json = false;
};

// The line was answered (--help, --version) or refused; the text is printed already.
struct Exit {
  int code;
};

using Settings = std::variant<ServeSettings, CertsSettings, Exit>;

Settings parse_command_line(int argument_count, char** arguments, const std::string& version);

}  // namespace muxlab::server
