#include "common/trace/tcp_packet.h"

namespace muxlab::trace {
namespace {

constexpr std::uint8_t tcp_protocol = 6;
constexpr std::size_t ipv4_address_bytes = 4;
constexpr std::size_t ipv4_checksum_at = 10;
constexpr std::size_t tcp_checksum_at = 16;
// With the scale of 2^7 that the SYN says: 8 MiB, so that nothing seems to fill it.
constexpr std::uint16_t window = 0xffff;
// Maximum segment size 16384, no operation, window scale 7.
constexpr std::string_view syn_options{"\x02\x04\x40\x00\x01\x03\x03\x07", 8};

// Network order.
void append_16(std::string& out, std::uint32_t number) {
  out.push_back(static_cast<char>(number >> 8));
  out.push_back(static_cast<char>(number));
}
void append_32(std::string& out, std::uint32_t number) {
  append_16(out, number >> 16);
  append_16(out, number & 0xffff);
}

// The sum of RFC 1071, not yet complemented.
std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    sum += i % 2 == 0 ? std::uint32_t{byte} << 8 : byte;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

void put_checksum(std::string& header, std::size_t at, std::uint32_t sum) {
  const std::uint32_t checksum = ~sum & 0xffff;
  header[at] = static_cast<char>(checksum >> 8);
  header[at + 1] = static_cast<char>(checksum);
}

std::string tcp_header(const TcpPacket& packet) {
  const bool is_syn = (packet.flags & TcpPacket::syn) != 0;
  const std::string_view options = is_syn ? syn_options : std::string_view{};
  constexpr std::size_t fixed_bytes = 20;
  const std::size_t words = (fixed_bytes + options.size()) / 4;
  std::string header;
  append_16(header, packet.from.port);
  append_16(header, packet.to.port);
  append_32(header, packet.sequence);
  append_32(header, packet.acknowledgement);
  append_16(header, static_cast<std::uint32_t>(words << 12) | packet.flags);
  append_16(header, window);
  append_16(header, 0);  // checksum
  append_16(header, 0);  // nothing is urgent
  header += options;
  return header;
}

// RFC 9293 section 3.1, RFC 8200 section 8.1.
std::uint32_t pseudo_header_sum(const TcpPacket& packet, std::size_t tcp_bytes) {
  std::string pseudo = packet.from.address + packet.to.address;
  append_32(pseudo, static_cast<std::uint32_t>(tcp_bytes));
  append_32(pseudo, tcp_protocol);
  return sum_of(pseudo);
}

constexpr std::uint8_t hops = 64;

std::string ipv4_header(const TcpPacket& packet, std::size_t tcp_bytes) {
  constexpr std::size_t header_bytes = 20;
  std::string header{"\x45\x00", 2};  // version 4, five words, no class of service
  append_16(header, static_cast<std::uint32_t>(header_bytes + tcp_bytes));
  append_16(header, 0);       // identification, of no use
  append_16(header, 0x4000);  // as it is not to be fragmented
  append_16(header, std::uint32_t{hops} << 8 | tcp_protocol);
  append_16(header, 0);  // checksum
  header += packet.from.address + packet.to.address;
  put_checksum(header, ipv4_checksum_at, sum_of(header));
  return header;
}

std::string ipv6_header(const TcpPacket& packet, std::size_t tcp_bytes) {
  std::string header{"\x60\x00\x00\x00", 4};
  append_16(header, static_cast<std::uint32_t>(tcp_bytes));
  append_16(header, std::uint32_t{tcp_protocol} << 8 | hops);
  header += packet.from.address + packet.to.address;
  return header;
}

// IEEE 802.3 section 3.2. Addresses of nobody: locally administered ones (IEEE 802 section 8.4).
std::string ethernet_header(bool is_ipv4, bool up) {
  constexpr std::string_view client{"\x02\x00\x00\x00\x00\x01", 6};
  constexpr std::string_view server{"\x02\x00\x00\x00\x00\x50", 6};
  std::string header{up ? server : client};
  header += up ? client : server;
  append_16(header, is_ipv4 ? 0x0800 : 0x86dd);
  return header;
}

}  // namespace

std::string ethernet_frame(const TcpPacket& packet, bool up) {
  std::string tcp = tcp_header(packet);
  const std::size_t tcp_bytes = tcp.size() + packet.payload.size();
  // The header has an even length, so the payload's sum goes on from its.
  const std::uint32_t sum =
      sum_of(packet.payload, sum_of(tcp, pseudo_header_sum(packet, tcp_bytes)));
  put_checksum(tcp, tcp_checksum_at, sum);
  const bool is_ipv4 = packet.from.address.size() == ipv4_address_bytes;
  std::string frame = ethernet_header(is_ipv4, up);
  frame += is_ipv4 ? ipv4_header(packet, tcp_bytes) : ipv6_header(packet, tcp_bytes);
  frame.reserve(frame.size() + tcp_bytes);
  frame += tcp;
  frame += packet.payload;
  return frame;
}

}  // namespace muxlab::trace
