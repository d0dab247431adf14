#include "common/http1/request_target.h"

#include <algorithm>

#include "common/http/authority.h"
#include "common/http/target.h"
#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

// What follows "http://" or "https://"; none for another scheme.
std::optional<std::string_view> behind_scheme(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equals_ignoring_case(text.substr(0, scheme.size()), scheme)) {
      return text.substr(scheme.size());
    }
  }
  return std::nullopt;
}

std::optional<Refusal> read_absolute_form(std::string_view method, std::string_view hierarchy,
                                          RequestTarget& target) {
  const std::size_t authority_bytes = std::min(hierarchy.find_first_of("/?"), hierarchy.size());
  const std::string_view authority = hierarchy.substr(0, authority_bytes);
  const std::string_view rest = hierarchy.substr(authority_bytes);
  if (!http::parse_authority(authority))
    return Refusal{400, "The request target names no valid host."};
  target.authority = authority;
  if (rest.empty()) {
    target.path_and_query = method == "OPTIONS" ? "*" : "/";  // RFC 9112 section 3.2.4
  } else {
    target.path_and_query = rest.front() == '?' ? "/" : "";
    target.path_and_query += rest;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> read_target(std::string_view method, std::string_view text,
                                   RequestTarget& target) {
  if (const Refusal* fault = http::fault_in_characters(text)) return *fault;
  if (method == "CONNECT") return http::no_proxy;
  if (text.front() == '/') {
    target.path_and_query = text;
    return std::nullopt;
  }
  if (text == "*") {
    if (method != "OPTIONS") return http::misplaced_asterisk;
    target.path_and_query = text;
    return std::nullopt;
  }
  if (const auto hierarchy = behind_scheme(text)) {
    return read_absolute_form(method, *hierarchy, target);
  }
  return http::foreign_target;
}

}  // namespace muxlab::http1
