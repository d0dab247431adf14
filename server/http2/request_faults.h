// What is wrong with a request that nghttp2 has let through, decided as HTTP/1.1 decides it: the
// same request gets the same answer over both. What nghttp2 does not let through (a field with a
// forbidden byte, a pseudo-header field that is missing or comes twice, Connection,
// Transfer-Encoding) is malformed by RFC 9113 section 8.1.1 and costs the stream.
#pragma once

#include "common/http/expectations.h"
#include "common/http/refusal.h"
#include "common/http/request.h"
#include "common/http2/events.h"

namespace muxlab::server::http2 {

// A limit that the request is above, or a target that nobody can ask for; null: neither.
const http::Refusal* fault_in(const muxlab::http2::HeadersReceived& received,
                              const http::Request& request);

http::Expectations expectations_of(const http::Request& request);

// The trailers that mean something behind a request's content; or why they make it another message.
struct Trailers {
  http::Headers fields;
  const http::Refusal* refused = nullptr;
};
Trailers trailers_from(const muxlab::http2::HeadersReceived& received);

}  // namespace muxlab::server::http2
