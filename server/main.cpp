#include <fmt/format.h>

#include <variant>

#include "common/http2/endpoint.h"
#include "common/net/event_loop.h"
#include "common/tls/server_identity.h"
#include "server/commands.h"
#include "server/configuration/settings.h"

namespace {

std::string versions() {
  return fmt::format("muxlab {}\nnghttp2 {}, {}, libevent {}", MUXLAB_VERSION,
                     muxlab::http2::nghttp2_library_version(),
                     muxlab::tls::openssl_library_version(),
                     muxlab::net::libevent_library_version());
}

}  // namespace

int main(int argument_count, char** arguments) {
  using namespace muxlab::server;
  const configuration::Settings settings =
      configuration::parse_command_line(argument_count, arguments, versions());
  if (const auto* exit = std::get_if<configuration::Exit>(&settings)) return exit->code;
  if (const auto* certs = std::get_if<configuration::CertsSettings>(&settings))
    return show_certificates(*certs);
  if (const auto* tickets = std::get_if<configuration::TicketsSettings>(&settings))
    return rotate_tickets(*tickets);
  if (const auto* config = std::get_if<configuration::ConfigSettings>(&settings)) {
    return show_configuration(*config);
  }
  return serve(std::get<configuration::ServeSettings>(settings), MUXLAB_VERSION);
}
