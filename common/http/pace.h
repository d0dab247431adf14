// How fast a peer has to be while it is waited for: it may pause only so long, and it may not drip
// for ever. Counts bytes and says until when more must have moved; whoever waits holds the peer to
// that. Used for content on its way in and for answers on their way out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"

namespace muxlab::http {

// The least rate, framing included. The slowest mobile network carries ten times as much; below it
// a client holds a connection rather than uses it.
inline constexpr std::int64_t least_bytes_per_second = 500;

// How far a peer may lie behind that rate. What it was faster before is not put to its account
// beyond this: a peer that begins to drip is found out after 30 s, however much it moved before.
inline constexpr Duration pace_allowance = 30s;

class Pace {
 public:
  // `longest_pause`: how long no byte may move.
  Pace(Duration longest_pause, Instant now)
      : longest_pause_(longest_pause),
        allowance_(std::max(pace_allowance, longest_pause)),
        paused_since_(now),
        allowed_until_(now + allowance_) {}

  void progressed(std::size_t count, Instant now) {
    if (count == 0) return;
    paused_since_ = now;
    constexpr Duration a_byte = Duration{1s} / least_bytes_per_second;
    const Duration earned = a_byte * static_cast<std::int64_t>(count);
    allowed_until_ = std::min(allowed_until_ + earned, now + allowance_);
  }

  // The peer is not to blame for so much of the time that has passed.
  void excuse(Duration delay) {
    paused_since_ += delay;
    allowed_until_ += delay;
  }

  // When the peer is too slow unless more has moved by then.
  Instant deadline() const { return std::min(paused_since_ + longest_pause_, allowed_until_); }

 private:
  Duration longest_pause_;
  Duration allowance_;
  Instant paused_since_;
  Instant allowed_until_;
};

}  // namespace muxlab::http
