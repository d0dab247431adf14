// Makes TCP packets over IPv4 and IPv6 on Ethernet out of nothing, with right checksums.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace muxlab::trace {

struct TcpEnd {
  std::string address;  // 4 or 16 bytes, in network order
  std::uint16_t port = 0;
};

struct TcpPacket {
  enum Flag : std::uint8_t { fin = 0x01, syn = 0x02, push = 0x08, acknowledge = 0x10 };

  const TcpEnd& from;
  const TcpEnd& to;  // of the same family
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::string_view payload;
};

// What one packet may carry: all of a TLS record.
inline constexpr std::size_t most_payload_bytes = 16 * 1024;

// With options for window scaling and segment size where it is a SYN. `up` goes to the server.
std::string ethernet_frame(const TcpPacket& packet, bool up);

}  // namespace muxlab::trace
