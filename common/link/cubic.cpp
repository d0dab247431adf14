#include "common/link/cubic.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/link/kernel_ticks.h"

namespace muxlab::link {
namespace {

// Linux, net/ipv4/tcp_cubic.c: beta 717/1024, C 41/1024 a tenth of a second, HyStart from 16
// packets on.
constexpr std::uint32_t beta = 717;
constexpr std::uint32_t beta_scale = 1024;
constexpr double growth = 410.0 / 1024;
// What Reno needs for a packet more, of its window: (1 + beta) / (3 (1 - beta)), there in eighths.
constexpr std::uint32_t reno_eighths = 8 * (beta_scale + beta) / 3 / (beta_scale - beta);
constexpr std::uint32_t hystart_least_window = 16;
constexpr int hystart_least_samples = 8;
constexpr Duration hystart_ack_spacing = 2ms;
constexpr Duration hystart_least_delay = 4ms;
constexpr Duration hystart_most_delay = 16ms;
// What offloading to a network card may hold back, hystart_ack_delay(): four of its largest buffers
// at the sender's rate, but at most so much. At less than 2 Gbit/s that is always the most.
constexpr Duration hystart_held_back = 1ms;
// So long after a loss round trips are taken for those of its queue.
constexpr Duration round_trips_ignored_for = 1s;

// Beyond the origin the window may grow by half in a round at most; while nothing is known of the
// path, and at the plateau, a packet in twenty round trips.
constexpr std::uint32_t least_packets_each = 2;
constexpr std::uint32_t first_epoch_packets_each = 20;
// While the window stays what it is the answer is not computed anew for so long: HZ / 32.
constexpr Duration said_again_for = 7 * kernel_tick;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

bool Cubic::ignores_round_trips(Instant now) const {
  return in_epoch_ && tick_of(now) - epoch_start_ < round_trips_ignored_for;
}

void Cubic::note_round_trip(const CubicRound& round) {
  if (round.round_trip <= Duration::zero()) return;
  if (ignores_round_trips(round.now)) return;
  if (least_round_trip_ == Duration::zero() || round.round_trip < least_round_trip_) {
    least_round_trip_ = round.round_trip;
  }
}

void Cubic::begin_epoch(std::uint32_t window, std::uint32_t acked, Instant tick) {
  in_epoch_ = true;
  epoch_start_ = tick;
  acked_ = acked;
  reno_window_ = window;
  if (window_before_loss_ <= window) {
    seconds_to_origin_ = 0;
    origin_window_ = window;
  } else {
    seconds_to_origin_ = std::cbrt((window_before_loss_ - window) / growth);
    origin_window_ = window_before_loss_;
  }
}

// C * (t - K)^3 away from the origin, one round trip ahead; whole packets, as the kernel counts.
std::uint32_t Cubic::target(Instant tick) const {
  const double t = seconds(tick - epoch_start_ + in_ticks(least_round_trip_)) - seconds_to_origin_;
  const double away = std::floor(growth * std::abs(t * t * t));
  const double window = t < 0 ? origin_window_ - away : origin_window_ + away;
  return static_cast<std::uint32_t>(std::clamp(window, 0.0, 1e9));
}

std::uint32_t Cubic::packets_each(std::uint32_t window, std::uint32_t acked,
                                  const CubicRound& round) {
  acked_ += acked;
  const Instant tick = tick_of(round.now);
  if (window == said_for_ && tick - said_at_ <= said_again_for) return packets_each_;
  // The cubic function is asked once a tick; what Reno would have, each time.
  if (!in_epoch_ || tick != said_at_) {
    packets_each_ = packets_each_by_time(window, acked, tick);
    said_for_ = window;
    said_at_ = tick;
  }
  packets_each_ =
      std::max(std::min(packets_each_, packets_each_as_reno(window)), least_packets_each);
  return packets_each_;
}

std::uint32_t Cubic::packets_each_by_time(std::uint32_t window, std::uint32_t acked, Instant tick) {
  if (!in_epoch_) begin_epoch(window, acked, tick);
  const std::uint32_t wanted = target(tick);
  const std::uint32_t each = wanted > window ? window / (wanted - window) : 100 * window;
  return window_before_loss_ == 0 ? std::min(each, first_epoch_packets_each) : each;
}

// The Reno-friendly region.
std::uint32_t Cubic::packets_each_as_reno(std::uint32_t window) {
  const std::uint32_t reno_each = window * reno_eighths / 8;
  while (reno_each > 0 && acked_ > reno_each) {
    acked_ -= reno_each;
    ++reno_window_;
  }
  if (reno_window_ <= window) return std::numeric_limits<std::uint32_t>::max();
  return window / (reno_window_ - window);
}

bool Cubic::slow_start_should_end(const CubicRound& round, std::uint32_t window) {
  if (round.round_trip <= Duration::zero() || ended_slow_start_) return false;
  if (ignores_round_trips(round.now)) return false;
  ended_slow_start_ = round_fills_the_path(round, window);
  return ended_slow_start_;
}

bool Cubic::round_fills_the_path(const CubicRound& round, std::uint32_t window) {
  if (round.acknowledged > round_end_) {
    round_start_ = last_ack_ = round.now;
    round_end_ = round.sent;
    round_least_ = Duration::zero();
    round_samples_ = 0;
  }
  if (window < hystart_least_window) return false;

  // A train of acknowledgements as long as half the shortest round trip: what is in flight fills
  // it.
  if (round.now - last_ack_ <= hystart_ack_spacing) {
    last_ack_ = round.now;
    if (round.now - round_start_ > (least_round_trip_ + hystart_held_back) / 2) return true;
  }
  // The first round trips of this round are longer than the shortest known: a queue builds up.
  if (round_least_ == Duration::zero() || round.round_trip < round_least_) {
    round_least_ = round.round_trip;
  }
  if (round_samples_ < hystart_least_samples) {
    ++round_samples_;
    return false;
  }
  const Duration late = std::clamp(least_round_trip_ / 8, hystart_least_delay, hystart_most_delay);
  return round_least_ > least_round_trip_ + late;
}

std::uint32_t Cubic::window_after_loss(std::uint32_t window) {
  in_epoch_ = false;
  // Fast convergence: whoever lost before reaching what was reached the last time leaves room.
  const bool fell_short = window < window_before_loss_;
  window_before_loss_ = fell_short ? window * (beta_scale + beta) / (2 * beta_scale) : window;
  return window * beta / beta_scale;
}

void Cubic::paused(Duration duration, Instant now) {
  if (!in_epoch_) return;
  const Instant tick = tick_of(now);
  epoch_start_ = std::min(epoch_start_ + (tick - tick_of(now - duration)), tick);
}

}  // namespace muxlab::link
