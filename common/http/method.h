// The request methods this server knows (RFC 9110 section 9, RFC 5789). Any other well-formed one
// is answered 501.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace muxlab::http {

inline bool is_known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 9> known{
      "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

// Asks for a representation, whole or its header fields alone (RFC 9110 sections 9.3.1 and 9.3.2).
inline bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace muxlab::http
