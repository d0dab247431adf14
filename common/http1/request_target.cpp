#include "common/http1/request_target.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "common/http/target.h"
#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

// unreserved, sub-delims and "%": what a registered name is made of.
constexpr CharacterTable name_table = character_table([](char c) {
  constexpr std::string_view marks = "-._~%!$&'()*+,;=";
  return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos ? '\1' : '\0';
});

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return text.empty() || (error == std::errc{} && stopped == end);
}

bool is_ipv6_literal(std::string_view text) {
  const auto allowed = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };
  return text.size() >= 4 && text.front() == '[' && text.back() == ']' &&
         std::all_of(text.begin() + 1, text.end() - 1, allowed);
}

bool is_registered_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return name_table[static_cast<unsigned char>(c)] != 0;
  });
}

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
  if (!is_authority(authority)) return Refusal{400, "The request target names no valid host."};
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

bool is_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t literal_bytes = std::min(text.find(']'), text.size() - 1) + 1;
    const std::string_view rest = text.substr(literal_bytes);
    if (!is_ipv6_literal(text.substr(0, literal_bytes))) return false;
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const std::size_t host_bytes = std::min(text.find(':'), text.size());
  if (!is_registered_name(text.substr(0, host_bytes))) return false;
  return host_bytes == text.size() || is_port(text.substr(host_bytes + 1));
}

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
