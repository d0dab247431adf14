// How much useless work a peer may make: a bucket that each glitch empties a little and time fills
// again. Legitimate clients stay far below; a flood ends the connection with ENHANCE_YOUR_CALM.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/time.h"

namespace muxlab::server::http2 {

// The rate that nghttp2 allows for streams reset by the client, with a tenth of its burst: no
// browser makes 100 of these at once.
inline constexpr std::uint64_t glitch_burst = 100;
inline constexpr std::uint64_t glitches_a_second = 33;

class GlitchBucket {
 public:
  explicit GlitchBucket(Instant now) : filled_(now) {}

  // False when the bucket can't give `count`.
  [[nodiscard]] bool take(std::uint64_t count, Instant now) {
    const double gained =
        milliseconds(now - filled_) / 1000.0 * static_cast<double>(glitches_a_second);
    left_ =
        std::min(static_cast<double>(glitch_burst), left_ + gained) - static_cast<double>(count);
    filled_ = now;
    return left_ >= 0;
  }

 private:
  double left_ = glitch_burst;
  Instant filled_;
};

}  // namespace muxlab::server::http2
