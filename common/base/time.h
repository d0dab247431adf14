// Time as an argument. Nothing here reads a clock: a caller passes `now`, from the monotonic clock
// in the server, from a script in a test.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace muxlab {

using namespace std::chrono_literals;

using Duration = std::chrono::nanoseconds;

// The axis on which an Instant lies; its zero is the caller's choice.
struct Timeline {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Timeline>;
  static constexpr bool is_steady = true;
};

using Instant = std::chrono::time_point<Timeline>;

// The earlier of two instants that may be missing; none when both are.
inline std::optional<Instant> earliest(std::optional<Instant> one, std::optional<Instant> other) {
  if (!one) return other;
  if (!other) return one;
  return std::min(*one, *other);
}

inline double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace muxlab
