#include "server/dispatch/wrong_door.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "common/http/authority.h"

namespace muxlab::server::dispatch {
namespace {

constexpr std::string_view text = "text/plain; charset=utf-8";

// Where the client wanted to go, over TLS. What it said is checked before it is said back; one that
// named no port meant http's, which can't be this one. Empty: it named no host.
std::string https_address(const http::Request& request) {
  const auto named = http::parse_authority(request.authority);
  if (!named) return {};
  return fmt::format("https://{}:{}/", named->host,
                     named->port.value_or(request.connection->local_port));
}

}  // namespace

void CleartextDoor::answer(const http::Request& request, http::Responder& responder) {
  const std::string address = https_address(request);
  responder.respond(http::text_response(
      400, text,
      address.empty() ? fmt::format("This port speaks TLS: ask it by https, on port {}.\n",
                                    request.connection->local_port)
                      : fmt::format("This port speaks TLS: use {} instead of http.\n", address)));
}

void OldVersionDoor::answer(const http::Request&, http::Responder& responder) {
  responder.respond(http::text_response(
      505, text,
      "This port speaks HTTP/2 alone, and your client has not offered it in the TLS handshake "
      "(ALPN \"h2\").\nUse a client that does, or a port that speaks HTTP/1.1.\n"));
}

}  // namespace muxlab::server::dispatch
