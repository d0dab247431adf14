// PROXY headers of version 2, written by hand after the protocol's section 2.2, for tests that need
// the right bytes: those that make and those that read them share no code.
#pragma once

#include <string>
#include <string_view>

namespace muxlab::test {

using namespace std::string_view_literals;

inline constexpr std::string_view proxy_signature = "\r\n\r\n\0\r\nQUIT\n"sv;

// `version_and_command` is 0x21 for PROXY and 0x20 for LOCAL; `kind` is 0x11 for TCP over IPv4.
inline std::string proxy_header(int version_and_command, int kind, std::string_view rest) {
  std::string header{proxy_signature};
  header += static_cast<char>(version_and_command);
  header += static_cast<char>(kind);
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size());
  return header.append(rest);
}

// From 192.0.2.7 port 4711 to 198.51.100.9 port 443.
inline constexpr std::string_view ipv4_addresses =
    "\xc0\x00\x02\x07\xc6\x33\x64\x09\x12\x67\x01\xbb"sv;

// From 2001:db8::17 port 65535 to 2001:db8::1 port 443.
inline constexpr std::string_view ipv6_addresses =
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x17"
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xff\xff\x01\xbb"sv;

// PP2_TYPE_UNIQUE_ID with three bytes, and PP2_TYPE_NOOP with none.
inline constexpr std::string_view two_tlvs = "\x05\x00\x03xyz\x04\x00\x00"sv;

}  // namespace muxlab::test
