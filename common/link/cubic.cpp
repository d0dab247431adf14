#include "common/link/cubic.h"

#include <algorithm>
#include <cmath>

namespace muxlab::link {
namespace {

// Linux, net/ipv4/tcp_cubic.c: beta 717/1024, C 0.4 (bic_scale 41 of 1024 a tenth of a second...
// written there in fixed point), HyStart from 16 packets on.
constexpr std::uint32_t beta = 717;
constexpr std::uint32_t beta_scale = 1024;
constexpr double growth = 0.4;
constexpr std::uint32_t hystart_least_window = 16;
constexpr int hystart_least_samples = 8;
constexpr Duration hystart_ack_spacing = 2ms;
constexpr Duration hystart_least_delay = 4ms;
constexpr Duration hystart_most_delay = 16ms;

// Beyond the origin the window may grow by half in a round at most; while nothing is known of the
// path, and at the plateau, a packet in twenty round trips.
constexpr std::uint32_t least_packets_each = 2;
constexpr std::uint32_t first_epoch_packets_each = 20;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void Cubic::note_round_trip(const CubicRound& round) {
  if (round.round_trip <= Duration::zero()) return;
  if (least_round_trip_ == Duration::zero() || round.round_trip < least_round_trip_) {
    least_round_trip_ = round.round_trip;
  }
}

void Cubic::begin_epoch(std::uint32_t window, Instant now) {
  in_epoch_ = true;
  epoch_start_ = now;
  acked_ = 0;
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
std::uint32_t Cubic::target(Instant now) const {
  const double t = seconds(now - epoch_start_ + least_round_trip_) - seconds_to_origin_;
  const double away = std::floor(growth * std::abs(t * t * t));
  const double window = t < 0 ? origin_window_ - away : origin_window_ + away;
  return static_cast<std::uint32_t>(std::clamp(window, 0.0, 1e9));
}

std::uint32_t Cubic::packets_each(std::uint32_t window, std::uint32_t acked,
                                  const CubicRound& round) {
  note_round_trip(round);
  if (!in_epoch_) begin_epoch(window, round.now);
  acked_ += acked;

  const std::uint32_t wanted = target(round.now);
  std::uint32_t each = wanted > window ? window / (wanted - window) : 100 * window;
  if (window_before_loss_ == 0) each = std::min(each, first_epoch_packets_each);

  // The Reno-friendly region: 3 (1 - beta) / (1 + beta) packets a round trip.
  const std::uint32_t reno_each = window * (beta_scale + beta) / (3 * (beta_scale - beta));
  while (reno_each > 0 && acked_ > reno_each) {
    acked_ -= reno_each;
    ++reno_window_;
  }
  if (reno_window_ > window) each = std::min(each, window / (reno_window_ - window));
  return std::max(each, least_packets_each);
}

bool Cubic::slow_start_should_end(const CubicRound& round, std::uint32_t window) {
  note_round_trip(round);
  if (round.acknowledged > round_end_) {
    round_start_ = last_ack_ = round.now;
    round_end_ = round.sent;
    round_least_ = Duration::zero();
    round_samples_ = 0;
  }
  if (window < hystart_least_window || least_round_trip_ == Duration::zero()) return false;

  // A train of acknowledgements as long as half the shortest round trip: what is in flight fills
  // it.
  if (round.now - last_ack_ <= hystart_ack_spacing) {
    last_ack_ = round.now;
    if (round.now - round_start_ > least_round_trip_ / 2) return true;
  }
  // The first round trips of this round are longer than the shortest known: a queue builds up.
  if (round.round_trip > Duration::zero() &&
      (round_least_ == Duration::zero() || round.round_trip < round_least_)) {
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

void Cubic::paused(Duration duration) {
  if (in_epoch_) epoch_start_ += duration;
}

}  // namespace muxlab::link
