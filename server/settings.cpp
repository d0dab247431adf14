#include "server/settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>

namespace muxlab::server {
namespace {

constexpr int usage_error = 2;

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

void add_port(CLI::App& app, const std::string& name, PortChoice& port, const std::string& what) {
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
         fmt::format("{} [{}]", what, port.number))
      ->type_name("PORT");
}

void add_certificate_folder(CLI::App& app, std::filesystem::path& folder) {
  folder = default_certificate_folder();
  app.add_option("--cert-dir", folder,
                 "Where the local certificates are kept, and made when missing")
      ->type_name("DIR")
      ->option_text(fmt::format("DIR [{}]", folder.empty() ? "none" : folder.string()));
}

void add_serve(CLI::App& app, ServeSettings& settings) {
  app.add_option("--address", settings.addresses,
                 "An IP address to listen on; may be repeated [127.0.0.1 and ::1]")
      ->type_name("A")
      ->allow_extra_args(false);
  add_port(app, "--port", settings.site_port, "The site over TLS: h2 and http/1.1 by ALPN");
  add_port(app, "--plain-port", settings.plain_port,
           "The site in cleartext: HTTP/1.1, and h2c by prior knowledge");
  add_port(app, "--console-port", settings.console_port,
           "The console; the lanes stand 11, 12, 13 above it");
  app.add_option("--workers", settings.workers, "Threads that serve the site [one for each CPU]")
      ->type_name("N")
      ->check(CLI::Range(1U, 1024U));
  CLI::Option* certificate =
      app.add_option("--cert", settings.certificate, "A certificate chain of your own, PEM")
          ->type_name("FILE");
  CLI::Option* key =
      app.add_option("--key", settings.key, "Its private key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  add_certificate_folder(app, settings.certificate_folder);
  app.add_flag("!--no-lab", settings.lab, "The site alone: no console, no lanes");
  app.add_option("--access-log", settings.access_log,
                 "Write a line for each exchange; - is standard output")
      ->type_name("FILE");
  app.add_flag("--json", settings.json, "When ready, print the addresses as one line of JSON");
}

}  // namespace

Settings parse_command_line(int argument_count, char** arguments, const std::string& version) {
  ServeSettings serve;
  CertsSettings certs;
  CLI::App app{
      "muxlab serves one site over HTTP/1.1 keep-alive and over HTTP/2, to see and measure what\n"
      "multiplexing changes.\n",
      "muxlab"};
  app.set_version_flag("--version", version, "Print the versions of muxlab and its libraries");
  app.set_help_flag("--help", "Print this help");
  app.require_subcommand(1);
  app.get_formatter()->column_width(30);
  app.footer("\nmuxlab COMMAND --help says more. Start with: muxlab serve");
  CLI::App* serve_command =
      app.add_subcommand("serve", "Serve the site, the lanes and the console");
  CLI::App* certs_command =
      app.add_subcommand("certs", "Show the local certificates and how to trust them");
  add_serve(*serve_command, serve);
  add_certificate_folder(*certs_command, certs.certificate_folder);
  certs_command->add_flag("--json", certs.json, "Print as one line of JSON");
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success& answered) {
    return Exit{app.exit(answered)};
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "muxlab: {} (muxlab --help lists what there is)\n", error.what());
    return Exit{usage_error};
  }
  if (serve_command->parsed()) return serve;
  return certs;
}

}  // namespace muxlab::server
