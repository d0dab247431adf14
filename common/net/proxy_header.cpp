#include "common/net/proxy_header.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace muxlab::net {
namespace {

// It can begin no HTTP message and no TLS record.
constexpr std::array<std::uint8_t, 12> signature{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::string_view version_1_begins = "PROXY ";

// Signature, version and command, family and transport, two bytes of length.
constexpr std::size_t fixed_bytes = 16;

constexpr unsigned version_2 = 2;
constexpr unsigned command_local = 0;
constexpr unsigned command_proxy = 1;

// Family and transport in one byte. The standard has no others.
constexpr std::uint8_t unspecified = 0x00;
constexpr std::uint8_t tcp_over_ipv4 = 0x11;
constexpr std::uint8_t udp_over_ipv4 = 0x12;
constexpr std::uint8_t tcp_over_ipv6 = 0x21;
constexpr std::uint8_t udp_over_ipv6 = 0x22;
constexpr std::uint8_t unix_stream = 0x31;
constexpr std::uint8_t unix_datagram = 0x32;

// Of both ends: addresses, and of IP the ports.
constexpr std::size_t ipv4_bytes = 4 + 4 + 2 + 2;
constexpr std::size_t ipv6_bytes = 16 + 16 + 2 + 2;
constexpr std::size_t unix_bytes = 108 + 108;

constexpr std::string_view missing = "it began without a PROXY header";
constexpr std::string_view old_version =
    "its PROXY header is of version 1; let the balancer send version 2 (HAProxy: send-proxy-v2)";
constexpr std::string_view unknown_version = "its PROXY header is malformed: no version 2";
constexpr std::string_view unknown_command =
    "its PROXY header is malformed: neither LOCAL nor PROXY";
constexpr std::string_view unknown_kind = "its PROXY header is malformed: an unknown family";
constexpr std::string_view datagrams = "its PROXY header is of datagrams, and this is TCP";
constexpr std::string_view short_addresses =
    "its PROXY header is malformed: shorter than its addresses";
constexpr std::string_view too_long = "its PROXY header is longer than 4096 bytes";
static_assert(most_proxy_header_bytes == 4096);

std::uint16_t number_at(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8U | at[1]);
}

}  // namespace

std::size_t ProxyHeaderReader::take(Bytes bytes) {
  std::size_t taken = 0;
  while (state_ == State::reading && taken < bytes.size()) add(bytes[taken++]);
  return taken;
}

std::size_t ProxyHeaderReader::missing_bytes() const {
  if (state_ != State::reading) return 0;
  return (count_ < fixed_bytes ? fixed_bytes : whole_bytes_) - count_;
}

void ProxyHeaderReader::add(std::uint8_t byte) {
  if (count_ < kept_.size()) kept_[count_] = byte;
  ++count_;
  if (count_ <= signature.size()) return check_signature();
  if (count_ == fixed_bytes) check_fixed_part();
  if (count_ == whole_bytes_ && state_ == State::reading) read_addresses();
}

void ProxyHeaderReader::check_signature() {
  const Bytes begun = Bytes{kept_}.first(count_);
  if (std::equal(begun.begin(), begun.end(), signature.begin())) return;
  const Bytes old = bytes_of(version_1_begins);
  const bool may_be_old =
      count_ <= old.size() && std::equal(begun.begin(), begun.end(), old.begin());
  if (!may_be_old) return refuse(missing);
  if (count_ == old.size()) refuse(old_version);
}

void ProxyHeaderReader::check_fixed_part() {
  const unsigned version = kept_[12] >> 4U;
  const unsigned command = kept_[12] & 0xfU;
  const std::size_t length = number_at(&kept_[14]);
  if (version != version_2) return refuse(unknown_version);
  if (command != command_local && command != command_proxy) return refuse(unknown_command);
  if (length > most_proxy_header_bytes - fixed_bytes) return refuse(too_long);
  whole_bytes_ = fixed_bytes + length;
  header_.local = command == command_local;
  if (header_.local) return;  // the rest says nothing then
  switch (kept_[13]) {
    case unspecified:
      return;
    case tcp_over_ipv4:
      if (length < ipv4_bytes) refuse(short_addresses);
      return;
    case tcp_over_ipv6:
      if (length < ipv6_bytes) refuse(short_addresses);
      return;
    case unix_stream:
      if (length < unix_bytes) refuse(short_addresses);
      return;
    case udp_over_ipv4:
    case udp_over_ipv6:
    case unix_datagram:
      return refuse(datagrams);
    default:
      return refuse(unknown_kind);
  }
}

void ProxyHeaderReader::read_addresses() {
  state_ = State::whole;
  if (header_.local) return;
  const Bytes addresses = Bytes{kept_}.subspan(fixed_bytes);
  if (kept_[13] == tcp_over_ipv4) {
    header_.client = {address_text(addresses.first(4)), number_at(&addresses[8])};
  } else if (kept_[13] == tcp_over_ipv6) {
    header_.client = {address_text(addresses.first(16)), number_at(&addresses[32])};
  }
}

void ProxyHeaderReader::refuse(std::string_view fault) {
  state_ = State::refused;
  fault_ = fault;
}

}  // namespace muxlab::net
