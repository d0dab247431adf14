// How a request's content is delimited (RFC 9112 section 6). Two answers to that question are how
// requests are smuggled, so whatever leaves room for two is refused.
#pragma once

#include <cstdint>
#include <variant>

#include "common/http/headers.h"
#include "common/http1/refusal.h"

namespace muxlab::http1 {

struct BodyFraming {
  enum class Kind { none, length, chunked };
  Kind kind = Kind::none;    // a length of 0 is none
  std::uint64_t length = 0;  // with Kind::length
};

std::variant<BodyFraming, Refusal> body_framing(const http::Headers& headers, int minor_version);

}  // namespace muxlab::http1
