// Which protocol a connection speaks: as its handshake settled, else as its first bytes say.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/connection_facts.h"

namespace muxlab::server::tap {

// RFC 9113 section 3.4.
inline constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// None: ALPN settled nothing that is known here.
inline std::optional<Protocol> protocol_by_alpn(const TlsFacts& facts) {
  for (const Protocol each : {Protocol::http2, Protocol::http11, Protocol::http10}) {
    if (facts.alpn == name_of(each)) return each;
  }
  return std::nullopt;
}

// None: what the client has said so far may still become the preface.
inline std::optional<Protocol> protocol_by_first_bytes(std::string_view first) {
  if (first.starts_with(http2_preface)) return Protocol::http2;
  if (http2_preface.starts_with(first)) return std::nullopt;
  return Protocol::http11;
}

}  // namespace muxlab::server::tap
