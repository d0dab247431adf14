// Whom a request is for: the host and the port that Host, :authority or an absolute-form name
// (RFC 9110 section 7.2, RFC 3986 section 3.2). The only reader of authorities in the tree. Strict;
// views into the text that is read, nothing is allocated.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muxlab::http {

struct Authority {
  std::string_view host;              // not empty; an IPv6 address stands within its brackets
  std::optional<std::uint16_t> port;  // none: not said, or said to be empty

  bool is_ipv6() const { return host.starts_with('['); }
  // As an address is written where it stands alone: "::1".
  std::string_view host_without_brackets() const {
    return is_ipv6() ? host.substr(1, host.size() - 2) : host;
  }
};

// uri-host [":" port]. None: it is not that, has userinfo, or no host.
std::optional<Authority> parse_authority(std::string_view text);

// What a URI's scheme means where it names no port (RFC 9110 section 4.2).
constexpr std::uint16_t default_port(bool secure) {
  return secure ? 443 : 80;
}

// The same host and port, however they are written (RFC 3986 section 6.2): case, percent-encoding,
// the forms of an IPv6 address, a port that is the default one.
bool are_same(const Authority& one, const Authority& other, std::uint16_t default_port);

}  // namespace muxlab::http
