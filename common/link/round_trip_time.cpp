#include "common/link/round_trip_time.h"

#include <algorithm>

namespace muxlab::link {

// As tcp_rtt_estimator() does it: the deviation rises with a quarter of the error and falls, where
// the round trip became shorter, with an eighth of that.
void RoundTripTime::measured(Duration sample, Duration newest, bool new_round) {
  least_ = std::min(least_, newest);
  if (!smoothed_) {
    smoothed_ = sample;
    deviation_ = 2 * sample;
    held_deviation_ = round_deviation_ = std::max(deviation_, least_deviation);
    return;
  }
  const Duration error = sample - *smoothed_;
  *smoothed_ += error / 8;
  Duration change = std::max(error, -error) - deviation_ / 4;
  if (error < Duration::zero() && change > Duration::zero()) change /= 8;
  deviation_ += change;

  round_deviation_ = std::max(round_deviation_, deviation_);
  held_deviation_ = std::max(held_deviation_, round_deviation_);
  if (!new_round) return;
  if (round_deviation_ < held_deviation_)
    held_deviation_ -= (held_deviation_ - round_deviation_) / 4;
  round_deviation_ = least_deviation;
}

Duration RoundTripTime::timeout() const {
  if (!smoothed_) return first_timeout;
  return std::min(*smoothed_ + held_deviation_, longest_timeout);
}

}  // namespace muxlab::link
