#include "common/http/authority.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "common/http/field_text.h"

namespace muxlab::http {
namespace {

using Ipv6Address = std::array<std::uint8_t, 16>;

constexpr bool is_letter(char c) {
  return lowered(c) >= 'a' && lowered(c) <= 'z';
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return lowered(c) >= 'a' && lowered(c) <= 'f' ? lowered(c) - 'a' + 10 : -1;
}

// RFC 3986 section 2.3.
constexpr bool is_unreserved(char c) {
  return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

constexpr bool is_sub_delimiter(char c) {
  return std::string_view{"!$&'()*+,;="}.find(c) != std::string_view::npos;
}

// A character of a registered name, normalised: a letter in lower case, and decoded what need not
// have been encoded. What must stay encoded keeps apart from all that is not.
struct NameCharacter {
  bool encoded = false;
  char value = 0;
  bool operator==(const NameCharacter&) const = default;
};

// Takes the first character off `name`, which is not empty; none: it is no name's.
std::optional<NameCharacter> take_character(std::string_view& name) {
  const char c = name.front();
  if (c != '%') {
    name.remove_prefix(1);
    if (!is_unreserved(c) && !is_sub_delimiter(c)) return std::nullopt;
    return NameCharacter{false, lowered(c)};
  }
  if (name.size() < 3 || hex_value(name[1]) < 0 || hex_value(name[2]) < 0) return std::nullopt;
  const char decoded = static_cast<char>(hex_value(name[1]) * 16 + hex_value(name[2]));
  name.remove_prefix(3);
  if (is_unreserved(decoded)) return NameCharacter{false, lowered(decoded)};
  return NameCharacter{true, decoded};
}

bool is_registered_name(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    if (!take_character(text)) return false;
  }
  return true;
}

// None: it is no address within brackets.
std::optional<Ipv6Address> ipv6_address(std::string_view host) {
  std::array<char, INET6_ADDRSTRLEN> text{};  // ends in a zero
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return std::nullopt;
  const std::string_view inside = host.substr(1, host.size() - 2);
  if (inside.size() >= text.size() || inside.find('\0') != inside.npos) return std::nullopt;
  std::copy(inside.begin(), inside.end(), text.begin());
  Ipv6Address address;
  if (inet_pton(AF_INET6, text.data(), address.data()) != 1) return std::nullopt;
  return address;
}

bool are_same_hosts(std::string_view one, std::string_view other) {
  if (one.starts_with('[') || other.starts_with('[')) {
    const auto address = ipv6_address(one);
    return address && address == ipv6_address(other);
  }
  while (!one.empty() && !other.empty()) {
    const auto character = take_character(one);
    if (!character || character != take_character(other)) return false;
  }
  return one.empty() && other.empty();
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == text.npos) return std::nullopt;
  const std::size_t host_bytes = std::min(text.find(':', bracket), text.size());
  authority.host = text.substr(0, host_bytes);
  if (authority.is_ipv6() ? !ipv6_address(authority.host) : !is_registered_name(authority.host)) {
    return std::nullopt;
  }
  if (host_bytes == text.size()) return authority;
  const std::string_view port = text.substr(host_bytes + 1);
  if (port.empty()) return authority;
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  authority.port = number;
  return authority;
}

bool are_same(const Authority& one, const Authority& other, std::uint16_t default_port) {
  return one.port.value_or(default_port) == other.port.value_or(default_port) &&
         are_same_hosts(one.host, other.host);
}

}  // namespace muxlab::http
