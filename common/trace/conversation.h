// One connection's plaintext as if it had been TCP in cleartext, seen by the client: a handshake,
// the bytes at their times, each acknowledged at once, and an end. Packet by packet. A trace that
// begins in the middle has made-up frames in front of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/trace/connection_trace.h"
#include "common/trace/tcp_packet.h"

namespace muxlab::trace {

class Conversation {
 public:
  // The connection outlives it. `client_port` is another one for each connection of a file.
  Conversation(const ConnectionTrace& connection, std::uint16_t client_port);

  // When the next packet is; none: that was all. Never goes back.
  std::optional<Instant> next_at() const;

  struct Sent {
    Instant at;
    std::string packet;
    std::string comment;  // empty: none
  };
  // Needs next_at().
  Sent next();

 private:
  enum class Step : std::uint8_t {
    syn,
    syn_answer,
    established,
    bytes,
    first_fin,
    second_fin,
    last,
    over
  };

  // Those pieces of one direction that the client sent or saw, in order.
  struct Flow {
    Direction direction;
    std::size_t piece = 0;  // as piece_at() counts
    std::size_t done = 0;   // bytes of the piece
    std::uint32_t sequence = 0;
  };

  static constexpr std::size_t index(Direction direction) {
    return static_cast<std::size_t>(direction);
  }
  Flow& flow(Direction direction) { return flows_[index(direction)]; }
  const Flow& flow(Direction direction) const { return flows_[index(direction)]; }

  // The made-up pieces, then the connection's own; null: there are no more.
  const Plaintext* piece_at(std::size_t index) const;
  void find_piece(Flow& flow);
  std::optional<Instant> time_of(const Flow& flow) const;
  std::optional<Direction> next_flow() const;
  bool is_before_preface() const;
  Instant step_at() const;
  Direction closer() const;
  Sent packet(Direction direction, std::uint8_t flags, std::string_view payload = {});
  Sent next_bytes();
  void go_on();
  std::string about() const;

  const ConnectionTrace& connection_;
  std::vector<Plaintext> made_up_;
  const TcpEnd client_;
  const TcpEnd server_;
  Step step_ = Step::syn;
  Instant now_;
  std::optional<Direction> owes_acknowledgement_;  // the direction that it goes
  Flow flows_[2];
};

}  // namespace muxlab::trace
