// Which dialect a connection speaks: by ALPN under TLS, by the first bytes in cleartext.
// A port's rules say which dialects it offers and how each behaves there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/connection/connection.h"
#include "common/http/service.h"
#include "server/http1/session.h"
#include "server/http2/session.h"

namespace muxlab::server::dispatch {

struct Rules {
  std::optional<http1::Options> http1;  // none: this port does not speak it
  std::optional<http2::Options> http2;
};

// The ALPN names of what the rules offer, the preferred one first.
std::vector<std::string> alpn_protocols(const Rules& rules);

// Chooses for one port. `service` and the chooser outlive every session chosen. What is decided, in
// this order:
//   cleartext on a port of TLS    -> by the first bytes, to be told the https address
//   ALPN "h2" or "http/1.1"       -> that dialect (TLS offers only what the rules have)
//   TLS without ALPN              -> HTTP/1.1 (RFC 9113 section 3.2); where the port has none, to
//                                    be told so
//   the port has one dialect only -> that one
//   the first bytes are the HTTP/2 connection preface (RFC 9113 section 3.4) -> HTTP/2
//   anything else                 -> HTTP/1.1
connection::SessionChooser chooser(const http::Service& service, const Rules& rules);

}  // namespace muxlab::server::dispatch
