#include "server/configuration/settings.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <utility>

#include "common/tls/subject_name.h"
#include "server/configuration/file.h"
#include "server/configuration/keys.h"

namespace muxlab::server::configuration {
namespace {

constexpr int usage_error = 2;

// Help for a terminal of 80 columns: an option, its value's name, one line.
class PlainHelp final : public CLI::Formatter {
 public:
  PlainHelp() { column_width(23); }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_size() == 0 ? "" : " " + option->get_type_name();
  }
  std::string make_option_name(const CLI::Option* option, bool) const override {
    return option->get_name(false, false);
  }
};

// $XDG_DATA_HOME/muxlab/certs (XDG Base Directory Specification); empty when there is no home.
std::filesystem::path default_certificate_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
    return std::filesystem::path{data} / "muxlab" / "certs";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path{home} / ".local/share/muxlab/certs";
  }
  return {};
}

std::optional<PortChoice> port_choice(const std::string& text) {
  if (text == "auto") return PortChoice{PortChoice::Kind::any, 0};
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > 65535)
    return std::nullopt;
  if (number == 0) return PortChoice{};
  return PortChoice::fixed(static_cast<std::uint16_t>(number));
}

void add_port(CLI::App& app, const std::string& name, std::optional<PortChoice>& port,
              PortChoice usual, const std::string& what) {
  app.add_option_function<std::string>(
         name,
         [&port, name](const std::string& text) {
           const auto choice = port_choice(text);
           if (!choice) {
             throw CLI::ValidationError(
                 name,
                 fmt::format("\"{}\" is not a port; give 1 to 65535, 0 for none, or auto", text));
           }
           port = *choice;
         },
         fmt::format("{} [{}]", what, usual.number))
      ->type_name("PORT");
}

void add_line(CLI::App& app, std::optional<link::LineProfile>& line) {
  const auto read = [&line](const std::string& text) {
    auto given = link::parse_line(text);
    if (!given.ok()) throw CLI::ValidationError("--line", given.failure().message);
    line = std::move(given.value());
  };
  app.add_option_function<std::string>("--line", read,
                                       "Simulates this access line on the lanes: a preset, or\n"
                                       "rtt=80ms,down=10mbit,up=2mbit,loss=1% [none]")
      ->type_name("LINE");
}

void add_host_names(CLI::App& app, HostNames& names) {
  const auto add = [&names](const std::string& text) {
    auto name = tls::parse_subject_name(text);
    if (!name.ok()) throw CLI::ValidationError("--host-name", name.failure().message);
    names.all.push_back(std::move(name.value().text));
  };
  app.add_option_function<std::vector<std::string>>(
         "--host-name",
         [add](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) add(text);
         },
         "Answers to this name or address too; may be repeated\n"
         "[those that it listens on]")
      ->type_name("NAME")
      ->expected(1, static_cast<int>(max_host_names))
      ->allow_extra_args(false);
}

void add_balancers(CLI::App& app, std::vector<net::AddressRange>& balancers) {
  const auto read = [&balancers](const std::string& text) {
    auto range = net::AddressRange::parse(text);
    if (!range.ok()) throw CLI::ValidationError("--proxy-from", range.failure().message);
    balancers.push_back(std::move(range.value()));
  };
  app.add_option_function<std::vector<std::string>>(
         "--proxy-from",
         [read](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) read(text);
         },
         "Takes connections to site and lanes from this balancer\n"
         "alone, an address or network, with PROXY headers of\n"
         "version 2; may be repeated [none]")
      ->type_name("A")
      ->allow_extra_args(false);
}

template <typename Folder>
void add_certificate_folder(CLI::App& app, Folder& folder) {
  app.add_option("--cert-dir", folder,
                 "Keeps the local certificates; made when missing\n"
                 "[$XDG_DATA_HOME/muxlab/certs]")
      ->type_name("DIR");
}

void add_serve(CLI::App& app, ServeSettings& settings) {
  const CLI::Validator is_address(
      [](const std::string& text) {
        in6_addr ignored;
        const bool valid = inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
                           inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
        return valid ? "" : fmt::format("\"{}\" is not an IP address", text);
      },
      "");
  app.add_option("--config", settings.configuration_file,
                 "Reads this configuration (muxlab config --example)")
      ->type_name("FILE");
  app.add_option("--root", settings.root, "Serves this folder [the demo pages]")->type_name("DIR");
  app.add_option("--address", settings.addresses,
                 "Listens on this IP address, which the certificate then\nnames; may be repeated "
                 "[127.0.0.1 and ::1]")
      ->type_name("A")
      ->check(is_address)
      ->allow_extra_args(false);
  add_host_names(app, settings.host_names);
  const Configuration usual;
  add_port(app, "--port", settings.site_port, usual.site_port,
           "Site over TLS: h2 and http/1.1 by ALPN");
  add_port(app, "--plain-port", settings.plain_port, usual.plain_port,
           "Site in cleartext: HTTP/1.1 and h2c");
  add_port(app, "--console-port", settings.console_port, usual.console_port,
           "Console; the lanes stand from 11 above it");
  app.add_option("--workers", settings.workers, "Threads for the site [one for each CPU]")
      ->type_name("N")
      ->check(CLI::Range(1U, max_workers).description(""));
  CLI::Option* certificate =
      app.add_option("--cert", settings.certificate, "Certificate chain of your own, PEM")
          ->type_name("FILE");
  CLI::Option* key =
      app.add_option("--key", settings.key, "Its private key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  add_certificate_folder(app, settings.certificate_folder);
  app.add_option("--ticket-keys", settings.ticket_keys,
                 "Shares session-ticket keys with other processes\n"
                 "(muxlab tickets)")
      ->type_name("FILE");
  add_balancers(app, settings.balancers);
  add_line(app, settings.line);
  app.add_flag("--no-lab", settings.no_lab, "Serves the site alone: no console, no lanes");
  app.add_option("--access-log", settings.access_log,
                 "Writes a line an exchange; - is standard output")
      ->type_name("FILE");
  app.add_option("--watch", settings.watch,
                 "Shows every frame on the lanes; to FILE: as JSON lines")
      ->type_name("[=FILE]")
      ->expected(0, 1)
      ->default_str("-");
  app.add_option("--key-log", settings.key_log, "Appends TLS secrets, as SSLKEYLOGFILE does")
      ->type_name("FILE");
  app.add_flag("--json", settings.json, "Prints the addresses as a line of JSON when ready");
}

void add_config(CLI::App& app, ConfigSettings& settings) {
  using What = ConfigSettings::What;
  const auto add_print = [&](const char* name, What what, const char* text) {
    app.add_flag_callback(name, [&settings, what] { settings.what = what; })->description(text);
  };
  add_print("--example", What::example, "Prints a file of all keys and defaults");
  add_print("--schema", What::schema, "Prints the JSON Schema of the file");
  add_print("--tables", What::tables, "Prints the tables of the documentation");
  add_print("--manual", What::manual, "Prints muxlab.json(5), the manual page of the file");
  CLI::Option* check =
      app.add_option("--check", settings.file, "Says whether the file is right")->type_name("FILE");
  check->each([&settings](const std::string&) { settings.what = What::check; });
  app.require_option(1);
}

template <typename Value>
void override(Value& value, const std::optional<Value>& given) {
  if (given) value = *given;
}

bool has_command(const CLI::App& app, const std::string& name) {
  return !app.get_subcommands([&name](const CLI::App* each) { return each->get_name() == name; })
              .empty();
}

Exit refuse(std::string_view what) {
  fmt::print(stderr, "muxlab: {} (muxlab --help lists what there is)\n", what);
  return Exit{usage_error};
}

}  // namespace

Result<Configuration> configuration_of(const ServeSettings& settings) {
  Configuration all;
  if (!settings.configuration_file.empty()) {
    Result<Configuration> read = read_configuration(settings.configuration_file);
    if (!read.ok()) return read;
    all = std::move(read.value());
  }
  if (!settings.addresses.empty()) all.addresses = settings.addresses;
  if (!settings.host_names.all.empty()) all.host_names = settings.host_names;
  override(all.site_port, settings.site_port);
  override(all.plain_port, settings.plain_port);
  override(all.console_port, settings.console_port);
  if (settings.workers) all.workers = settings.workers;
  override(all.root, settings.root);
  override(all.certificate, settings.certificate);
  override(all.key, settings.key);
  override(all.certificate_folder, settings.certificate_folder);
  override(all.ticket_keys, settings.ticket_keys);
  if (!settings.balancers.empty()) all.balancers = settings.balancers;
  override(all.access_log, settings.access_log);
  override(all.key_log, settings.key_log);
  override(all.watch, settings.watch);
  if (settings.line) all.line = settings.line;
  if (settings.no_lab) all.lab = false;
  if (all.certificate_folder.empty()) all.certificate_folder = default_certificate_folder();
  return all;
}

Settings parse_command_line(int argument_count, char** arguments, const std::string& version) {
  ServeSettings serve;
  CertsSettings certs;
  TicketsSettings tickets;
  certs.certificate_folder = default_certificate_folder();
  ConfigSettings config;
  CLI::App app{
      "muxlab serves one site over HTTP/1.1 keep-alive and over HTTP/2,\n"
      "to see and measure what multiplexing changes.\n",
      "muxlab"};
  app.set_version_flag("--version", version, "Prints the versions of muxlab and its libraries");
  app.set_help_flag("--help", "Prints this help");
  app.require_subcommand(1);
  app.formatter(std::make_shared<PlainHelp>());
  app.footer("muxlab COMMAND --help says more. Start with: muxlab serve");
  CLI::App* serve_command =
      app.add_subcommand("serve", "Serves the site, the lanes and the console");
  CLI::App* certs_command =
      app.add_subcommand("certs", "Shows the local certificates and how to trust them");
  CLI::App* tickets_command =
      app.add_subcommand("tickets", "Makes the session-ticket keys that several servers share");
  CLI::App* config_command =
      app.add_subcommand("config", "Prints or checks the form of the configuration file");
  add_serve(*serve_command, serve);
  add_config(*config_command, config);
  add_certificate_folder(*certs_command, certs.certificate_folder);
  certs_command->add_flag("--json", certs.json, "Prints one line of JSON");
  tickets_command
      ->add_option("--rotate", tickets.file,
                   "Puts a new key in front of this file's, and keeps two;\n"
                   "makes the file when it is missing")
      ->type_name("FILE")
      ->required();
  // Of a word that is no command CLI11 would only say that a command is missing.
  if (argument_count > 1 && arguments[1][0] != '-' && !has_command(app, arguments[1])) {
    return refuse(fmt::format("there is no command \"{}\"", arguments[1]));
  }
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success& answered) {
    return Exit{app.exit(answered)};
  } catch (const CLI::ParseError& error) {
    return refuse(error.what());
  }
  if (serve_command->parsed()) return serve;
  if (config_command->parsed()) return config;
  if (tickets_command->parsed()) return tickets;
  return certs;
}

}  // namespace muxlab::server::configuration
