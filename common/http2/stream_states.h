// Which of the peer's streams the peer itself has ended, and what it may no longer send on them
// (RFC 9113 section 5.1). nghttp2 forgets a stream with its end; afterwards it takes DATA and
// HEADERS on it for what was under way when we reset it, and says nothing. Judges by what the peer
// has sent alone, so our resets are never held against it. For a server end: the peer's streams are
// the odd ones.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/http2/frame_header.h"

namespace muxlab::http2 {

// Of the streams that the peer has not ended so many are remembered, the latest: those that are
// open, and those that we have reset and the peer leaves as they are. Below them nothing is judged.
inline constexpr std::size_t unended_streams_limit = 1024;

class StreamStates {
 public:
  // Takes note of a frame. Gives the connection error that it is; none where it is in order, or
  // where nghttp2 sees what is wrong.
  std::optional<ErrorCode> received(const FrameHeader& frame);

 private:
  std::optional<ErrorCode> message_frame(const FrameHeader& frame);
  void begin(StreamId stream);
  void remember(StreamId stream);
  void end(StreamId stream);
  bool ended(StreamId stream) const;
  bool skipped(StreamId stream) const {
    return skipped_after_ < stream && stream < skipped_before_;
  }

  StreamId highest_ = 0;
  std::vector<StreamId> unended_;  // ascending
  StreamId judged_from_ = 0;

  // The last streams that were passed over, between these two: never opened, and closed by that
  // (section 5.1.1).
  StreamId skipped_after_ = 0;
  StreamId skipped_before_ = 0;
};

}  // namespace muxlab::http2
