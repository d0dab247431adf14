#include "common/http/trailers.h"

#include <algorithm>
#include <array>

namespace muxlab::http {
namespace {

constexpr std::array<std::string_view, 3> framing_and_routing{"content-length", "host",
                                                              "transfer-encoding"};

// What belongs to the connection, modifies the request, proves who asks or says how to read the
// content: the groups of RFC 9110 section 6.5.1. All of that was decided at the head.
constexpr std::array<std::string_view, 24> of_the_head{"authorization",
                                                       "cache-control",
                                                       "connection",
                                                       "content-encoding",
                                                       "content-range",
                                                       "content-type",
                                                       "cookie",
                                                       "expect",
                                                       "if-match",
                                                       "if-modified-since",
                                                       "if-none-match",
                                                       "if-range",
                                                       "if-unmodified-since",
                                                       "keep-alive",
                                                       "max-forwards",
                                                       "pragma",
                                                       "priority",
                                                       "proxy-authorization",
                                                       "proxy-connection",
                                                       "range",
                                                       "te",
                                                       "trailer",
                                                       "upgrade",
                                                       "via"};

template <typename List>
bool holds(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

TrailerFate trailer_fate(std::string_view name) {
  if (holds(framing_and_routing, name)) return TrailerFate::refused;
  return holds(of_the_head, name) ? TrailerFate::dropped : TrailerFate::kept;
}

}  // namespace muxlab::http
