// Sees the frames that a peer sends beside nghttp2, which drops some of them without a word
// (PRIORITY where RFC 9218 is in force, types that it does not know). Counts work without use,
// reads the old priorities, and knows whether a header block is still coming. Walks over frame
// headers (RFC 9113 section 4.1); decodes nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/bytes.h"
#include "common/http2/events.h"

namespace muxlab::http2 {

class FrameWatch {
 public:
  // `skipped_bytes` precede the first frame: the client connection preface at a server.
  explicit FrameWatch(std::size_t skipped_bytes) : payload_left_(skipped_bytes) {}

  // What the peer sent, cut anywhere.
  void received(Bytes bytes);

  // What we sent: a DATA frame earns the peer some WINDOW_UPDATEs; a reset that it made us send is
  // a glitch of its own (CVE-2025-8671).
  void data_sent();
  void reset_sent() { ++glitches_; }

  // Frames that carry nothing, or far more of a kind than messages need.
  std::uint64_t glitches() const { return glitches_; }

  // The header block of which the HEADERS frame has begun and the last CONTINUATION has not ended:
  // which one, counted from 1; 0 when none is open.
  std::uint64_t open_header_block() const { return header_block_open_ ? header_blocks_ : 0; }

  // The old priorities (RFC 7540 section 5.3) since the last call, in PRIORITY and HEADERS frames
  // alike.
  std::vector<OldPriorityReceived> take_old_priorities();

 private:
  static constexpr std::size_t header_bytes = 9;
  static constexpr std::size_t priority_bytes = 5;

  struct Header {
    std::size_t length;
    std::uint8_t type;
    std::uint8_t flags;
    StreamId stream;
  };

  void frame_begun();
  void payload_arrived(Bytes piece);
  void frame_ended();
  void spend(std::int64_t& allowance);

  std::array<std::uint8_t, header_bytes> header_{};
  std::size_t header_read_ = 0;
  Header frame_{};
  std::size_t payload_left_;

  // The bytes of the frame's payload that hold an old priority, as far as they have come.
  std::size_t priority_begins_ = 0;
  std::vector<std::uint8_t> priority_;

  bool header_block_open_ = false;
  std::uint64_t header_blocks_ = 0;
  std::vector<OldPriorityReceived> old_priorities_;

  // Frames of these kinds that are no glitch yet; the first ones are free.
  std::int64_t spare_priorities_ = 100;
  std::int64_t spare_window_updates_ = 100;
  std::uint64_t glitches_ = 0;
};

}  // namespace muxlab::http2
