// What a request's method and target may be, whichever dialect carried them. HTTP/1.1 has forms of
// its own beside (RFC 9112 section 3.2): they are in common/http1/request_target.h.
#pragma once

#include <string_view>

#include "common/http/field_text.h"
#include "common/http/method.h"
#include "common/http/refusal.h"

namespace muxlab::http {

inline constexpr Refusal unknown_method{501, "This server does not know the request's method."};
inline constexpr Refusal no_proxy{501, "This server is no proxy: CONNECT is not implemented."};

inline constexpr Refusal invisible_in_target{
    400, "The request target holds a byte that is not visible ASCII."};
inline constexpr Refusal fragment_in_target{400, "The request target holds a fragment."};
inline constexpr Refusal misplaced_asterisk{400, "The target * belongs to OPTIONS alone."};
inline constexpr Refusal foreign_target{400,
                                        "The request target is neither a path nor an http URI."};

// A byte that no target holds, whatever its form; null: none. A target is not held to RFC 3986
// letter by letter: browsers send "|" and "{" as they are.
inline const Refusal* fault_in_characters(std::string_view target) {
  for (const char c : target) {
    if (!is_visible(c)) return &invisible_in_target;
    if (c == '#') return &fragment_in_target;
  }
  return nullptr;
}

// Why a method is not served; null: it is.
inline const Refusal* fault_in_method(std::string_view method) {
  if (method == "CONNECT") return &no_proxy;
  return is_known_method(method) ? nullptr : &unknown_method;
}

}  // namespace muxlab::http
