// How fast a request's content has to come: it may pause only so long, and it may not drip for
// ever. Counts bytes and says until when more must have come; the session holds it to that.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/base/time.h"

namespace muxlab::http {

// The least average rate, framing included. The slowest mobile network carries ten times as much;
// below it a client holds a connection rather than uses it.
inline constexpr std::uint64_t least_body_bytes_per_second = 500;

// From when on the average counts: a body that waits for 100 (Continue) or comes through a slow
// start has begun by then.
inline constexpr Duration body_rate_grace = 30s;

// However fast it comes, no body takes longer.
inline constexpr std::chrono::seconds longest_body = 24h;

class BodyPace {
 public:
  // `pause_timeout`: how long no byte may come.
  BodyPace(Duration pause_timeout, Instant now)
      : pause_timeout_(pause_timeout), began_(now), progressed_(now) {}

  void progressed(std::size_t count, Instant now) {
    if (count == 0) return;
    bytes_ += count;
    progressed_ = now;
  }

  // When the body is too slow unless more of it comes.
  Instant deadline() const {
    constexpr auto most = static_cast<std::uint64_t>(longest_body.count());
    const auto earned = std::min(bytes_ / least_body_bytes_per_second, most);
    const Duration lasts = std::chrono::seconds{static_cast<std::int64_t>(earned)};
    return std::min(progressed_ + pause_timeout_, began_ + std::max(body_rate_grace, lasts));
  }

 private:
  Duration pause_timeout_;
  Instant began_;
  Instant progressed_;
  std::uint64_t bytes_ = 0;
};

}  // namespace muxlab::http
