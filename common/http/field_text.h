// The small grammar that field values share: white space, case, members of a list (RFC 9110
// section 5.6). Views only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace muxlab::http {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Visible ASCII.
constexpr bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

// Without the optional white space around it (RFC 9110 section 5.6.3).
constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Needs `lower` in lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char c, char wanted) { return lowered(c) == wanted; });
}

// Takes the text before the next separator off the front, trimmed; the separator goes too. For
// grammars without quoted text.
constexpr std::string_view take_member(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view member = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return member;
}

}  // namespace muxlab::http
