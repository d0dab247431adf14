// How a message's content is delimited (RFC 9112 section 6). Two answers to that question are how
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

// A request's: without a word there is none.
std::variant<BodyFraming, Refusal> body_framing(const http::Headers& headers, int minor_version);

struct ResponseFraming {
  enum class Kind { none, length, chunked, until_close };
  Kind kind = Kind::none;    // a length of 0 is none
  std::uint64_t length = 0;  // with Kind::length
};

// `answers_head`: the request was HEAD, whose answer has the fields of content and none of it. Of a
// refusal the reason is meant: nobody is told its status.
std::variant<ResponseFraming, Refusal> response_framing(int status, bool answers_head,
                                                        const http::Headers& headers,
                                                        int minor_version);

}  // namespace muxlab::http1
