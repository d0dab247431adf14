// What travels over a line: one TCP packet, without its bytes. A direction's payload is numbered
// from 0 in 64 bits, so that nothing wraps; its end (FIN) takes one number, as in TCP.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/direction.h"
#include "common/base/time.h"

namespace muxlab::link {

using ConnectionId = std::uint32_t;  // the nth connection of its line, from 1

// The payload of a full packet: Ethernet's 1500 bytes less 20 of IPv4, 20 of TCP and 12 of
// timestamps.
inline constexpr std::uint32_t segment_bytes = 1448;
inline constexpr std::uint32_t header_bytes = 52;
inline constexpr std::uint32_t syn_bytes = 60;  // its options are larger

// Bytes [begin, end).
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// What a receiver says of one direction. Beside timestamps three blocks find room (RFC 2018
// section 3).
struct Acknowledgement {
  static constexpr std::size_t most_blocks = 3;

  std::uint64_t next = 0;        // all before it has arrived
  std::uint64_t window_end = 0;  // the sender may send up to here
  std::array<Range, most_blocks> blocks{};
  std::uint8_t block_count = 0;
  bool duplicate = false;  // of what had arrived before (RFC 2883)
  Instant echo{};          // when the segment that `next` answers was sent (RFC 7323 section 4.3)

  std::span<const Range> sacked() const { return std::span{blocks}.first(block_count); }
};

struct Segment {
  std::uint64_t begin = 0;
  std::uint32_t length = 0;  // 0: nothing but an acknowledgement
  bool retransmission = false;
  bool ends = false;          // its last number is the end (FIN), not a byte
  bool pushed = false;        // behind it nothing had been written (PSH)
  bool asks_window = false;   // empty: is the window still closed?
  std::uint64_t ordinal = 0;  // the nth new segment of its direction, from 1; kept when sent again
  Instant sent_at{};          // this time: its timestamp

  std::uint64_t end() const { return begin + length; }
  std::uint32_t payload_bytes() const { return ends ? length - 1 : length; }
};

struct Packet {
  enum class Kind : std::uint8_t { syn, syn_ack, segment, reset };

  ConnectionId connection = 0;
  Direction direction = Direction::down;
  Kind kind = Kind::segment;
  Segment segment;                  // of this direction
  Acknowledgement acknowledgement;  // of the other one

  std::uint32_t wire_bytes() const {
    if (kind == Kind::syn || kind == Kind::syn_ack) return syn_bytes;
    // RFC 2018 section 3: two bytes and eight a block, padded to a multiple of four.
    const std::uint32_t sack =
        acknowledgement.block_count == 0 ? 0 : 4 + 8U * acknowledgement.block_count;
    return header_bytes + sack + segment.payload_bytes();
  }
};

}  // namespace muxlab::link
