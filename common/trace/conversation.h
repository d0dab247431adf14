// One connection's plaintext as if it had been TCP in cleartext, as one of its ends captured it.
// Packet by packet. A trace that begins in the middle has made-up frames in front of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/trace/captured_packets.h"
#include "common/trace/connection_trace.h"
#include "common/trace/plain_bytes.h"
#include "common/trace/tcp_packet.h"

namespace muxlab::trace {

class Conversation {
 public:
  // The connection outlives it. `client_port` is another one for each connection of a file.
  Conversation(const ConnectionTrace& connection, std::uint16_t client_port, Vantage vantage);
  Conversation(const Conversation&) = delete;  // its parts know each other
  Conversation& operator=(const Conversation&) = delete;

  // When the next packet is; none: that was all. Never goes back.
  std::optional<Instant> next_at() const;

  struct Sent {
    Instant at;
    std::string frame;    // of Ethernet
    std::string comment;  // empty: none
  };
  // Needs next_at().
  Sent next();

 private:
  std::string about() const;

  const ConnectionTrace& connection_;
  const std::vector<Plaintext> made_up_;
  const Vantage vantage_;
  const TcpEnd client_;
  const TcpEnd server_;
  const PlainBytes plain_[2];  // by Direction
  const std::vector<CapturedPacket> packets_;
  std::size_t next_ = 0;  // in packets_
};

}  // namespace muxlab::trace
