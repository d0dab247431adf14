// The header that a balancer puts in front of a connection's bytes, to say whose connection it is:
// version 2 of the PROXY protocol (haproxy.org/download/2.6/doc/proxy-protocol.txt, section 2.2).
// Fed with bytes, however they are cut; knows no socket and no time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/bytes.h"
#include "common/net/address.h"

namespace muxlab::net {

// With all that is told behind the addresses. HAProxy sends up to some hundred bytes there, a
// client's certificate name among them; nginx takes as many as we do.
inline constexpr std::size_t most_proxy_header_bytes = 4096;

struct ProxyHeader {
  // LOCAL: the balancer speaks for itself and not for a client, to see whether we are well.
  bool local = false;
  // None where the balancer does not say, or where its client has no IP address (AF_UNSPEC,
  // AF_UNIX): then the connection is the balancer's own.
  std::optional<Address> client;
};

class ProxyHeaderReader {
 public:
  // A header of 16 bytes says how many follow: addresses, and then what we do not read (TLVs).
  //
  //   reading --the last byte that it announced--> whole
  //      '----a byte or value that cannot be-----> refused
  enum class State { reading, whole, refused };

  // Takes what of `bytes` belongs to the header and gives how many those are: none once it is
  // whole. Of refused ones, up to the byte that could not be.
  std::size_t take(Bytes bytes);

  // As many bytes are the header's for certain. Who reads no more at once leaves what follows it
  // to the next layer.
  std::size_t missing_bytes() const;

  State state() const { return state_; }
  bool begun() const { return count_ > 0; }
  // Needs `whole`.
  const ProxyHeader& header() const { return header_; }
  // Needs `refused`. Goes on behind "was closed: ".
  std::string_view fault() const { return fault_; }

 private:
  void add(std::uint8_t byte);
  void check_signature();
  void check_fixed_part();
  void read_addresses();
  void refuse(std::string_view fault);

  // The fixed part and the longest addresses that are read, those of IPv6.
  std::array<std::uint8_t, 16 + 36> kept_{};
  std::size_t count_ = 0;
  std::size_t whole_bytes_ = 0;  // known with the fixed part
  State state_ = State::reading;
  ProxyHeader header_;
  std::string_view fault_;
};

}  // namespace muxlab::net
