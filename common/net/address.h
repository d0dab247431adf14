// An IP address and port, as text and number: "127.0.0.1", "::1". Resolves nothing.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/bytes.h"

namespace muxlab::net {

struct Address {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Address&) const = default;
};

// The text of an address as it goes over the wire: 4 bytes of IPv4 or 16 of IPv6.
std::string address_text(Bytes bytes);

}  // namespace muxlab::net
