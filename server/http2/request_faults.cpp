#include "server/http2/request_faults.h"

#include "common/http/target.h"
#include "common/http/trailers.h"

namespace muxlab::server::http2 {

using muxlab::http2::HeadersReceived;

// nghttp2 has held the path of an http or https URI against RFC 9113 section 8.3.1: it begins with
// "/", or is the "*" of OPTIONS. It does not look at the path of any other scheme.
const http::Refusal* fault_in(const HeadersReceived& received, const http::Request& request) {
  if (received.refused != nullptr) return received.refused;
  if (request.method == "CONNECT") return nullptr;  // has no scheme and no path
  const auto scheme = received.fields.find(":scheme");
  const bool is_http = scheme && (http::equals_ignoring_case(*scheme, "https") ||
                                  http::equals_ignoring_case(*scheme, "http"));
  return is_http ? http::fault_in_characters(request.target) : &http::foreign_target;
}

http::Expectations expectations_of(const http::Request& request) {
  http::Expectations all;
  for (const auto [name, value] : request.headers) {
    if (name == "expect") all.read(value);
  }
  return all;
}

Trailers trailers_from(const HeadersReceived& received) {
  Trailers trailers{.fields = {}, .refused = received.refused};
  for (const auto [name, value] : received.fields) {
    switch (http::trailer_fate(name)) {
      case http::TrailerFate::kept:
        trailers.fields.add(name, value);
        break;
      case http::TrailerFate::dropped:
        break;
      case http::TrailerFate::refused:
        if (trailers.refused == nullptr) trailers.refused = &http::misplaced_trailer;
        break;
    }
  }
  return trailers;
}

}  // namespace muxlab::server::http2
