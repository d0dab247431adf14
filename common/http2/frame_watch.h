// Sees the frames that a peer sends before nghttp2, which drops some of them without a word
// (PRIORITY where RFC 9218 is in force, types that it does not know, whatever comes on a stream
// that it has forgotten). Draws on the peer's allowance, holds it to the states of its streams,
// reads the old priorities, and knows whether a header block is still coming. Walks over frame
// headers (RFC 9113 section 4.1); decodes nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/bytes.h"
#include "common/http2/allowance.h"
#include "common/http2/events.h"
#include "common/http2/frame_header.h"
#include "common/http2/stream_states.h"

namespace muxlab::http2 {

// The longest field section that is answered at all, four times common/http/limits.h's, fits into
// HEADERS and 8 of these of 16 KiB. It is the default of nghttp2, which ends a connection without a
// GOAWAY above it.
inline constexpr int continuations_limit = 8;

class FrameWatch {
 public:
  // A server's: skips the client's preface (RFC 9113 section 3.4) and holds the client to the
  // rules. A client's watches only.
  explicit FrameWatch(Role role);

  // What the peer sent, cut anywhere. Gives how much of it is in order: what comes before a frame
  // that ends the connection. After that nothing more is taken.
  std::size_t received(Bytes bytes);

  // Why the connection ends, once it does: for a frame that was received, or because the allowance
  // is overdrawn.
  std::optional<ErrorCode> fault() const;

  Allowance& allowance() { return allowance_; }

  // The header block of which the HEADERS frame has begun and the last CONTINUATION has not ended:
  // which one, counted from 1; 0 when none is open.
  std::uint64_t open_header_block() const { return header_block_open_ ? header_blocks_ : 0; }

  // The old priorities (RFC 7540 section 5.3) since the last call, in PRIORITY and HEADERS frames
  // alike.
  std::vector<OldPriorityReceived> take_old_priorities();

 private:
  static constexpr std::size_t header_bytes = 9;
  static constexpr std::size_t priority_bytes = 5;

  void frame_begun();
  void draw_for_frame();
  std::optional<ErrorCode> fault_in_frame();
  void payload_arrived(Bytes piece);
  void frame_ended();
  void read_old_priority();

  const bool enforces_;

  std::array<std::uint8_t, header_bytes> header_{};
  std::size_t header_read_ = 0;
  FrameHeader frame_;
  std::size_t payload_left_;

  // The bytes of the frame's payload that hold an old priority, as far as they have come.
  std::size_t priority_begins_ = 0;
  std::vector<std::uint8_t> priority_;

  bool header_block_open_ = false;
  std::uint64_t header_blocks_ = 0;
  int continuations_ = 0;  // of the block
  std::vector<OldPriorityReceived> old_priorities_;

  Allowance allowance_;
  StreamStates states_;
  std::optional<ErrorCode> fault_;
};

}  // namespace muxlab::http2
