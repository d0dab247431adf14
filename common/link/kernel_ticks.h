// The coarse clock of the imitated kernel: what Linux does not time to the microsecond happens on
// its ticks. A line's own time begins with one.
#pragma once

#include "common/base/time.h"

namespace muxlab::link {

// CONFIG_HZ=250, as Debian builds its kernels.
inline constexpr Duration kernel_tick = 4ms;

// The tick that `now` belongs to (Linux: tcp_jiffies32).
constexpr Instant tick_of(Instant now) {
  return now - (now.time_since_epoch() % kernel_tick + kernel_tick) % kernel_tick;
}

// A duration in whole ticks, never fewer than it is long (usecs_to_jiffies).
constexpr Duration in_ticks(Duration duration) {
  return (duration + kernel_tick - Duration{1}) / kernel_tick * kernel_tick;
}

// When a timer fires that is set now and must not fire before so long has passed. Linux keeps its
// timers on a wheel (kernel/time/timer.c): the longer the wait, the larger its slots, and a timer
// fires with the slot behind its own.
constexpr Instant timer_fires(Instant now, Duration wait) {
  constexpr Duration::rep slots = 63;
  constexpr Duration::rep coarser = 8;
  const Duration::rep ticks = in_ticks(wait) / kernel_tick;
  const Duration::rep due = tick_of(now).time_since_epoch() / kernel_tick + ticks;
  Duration::rep slot = 1;
  while (ticks >= slots * slot) slot *= coarser;
  return Instant{(due / slot + 1) * slot * kernel_tick};
}

}  // namespace muxlab::link
