// What a TCP sender knows of its round trip: the smoothed time, its deviation, and from them how
// long to wait for an acknowledgement (RFC 6298, with the changes that Linux made to it).
#pragma once

#include <optional>

#include "common/base/time.h"

namespace muxlab::link {

class RoundTripTime {
 public:
  // Linux: TCP_RTO_MIN, which bounds the deviation's part, and TCP_RTO_MAX.
  static constexpr Duration least_deviation = 200ms;
  static constexpr Duration longest_timeout = 120s;
  // RFC 6298 section 5.7: not even the handshake could be measured.
  static constexpr Duration first_timeout = 3s;

  // An acknowledgement came so long after the oldest of the segments that it acknowledges, and so
  // long after the newest. `new_round`: everything that had been sent when the deviation's round
  // began is acknowledged.
  void measured(Duration oldest, Duration newest, bool new_round);
  void measured(Duration sample, bool new_round) { measured(sample, sample, new_round); }

  bool known() const { return smoothed_.has_value(); }
  // Needs known().
  Duration smoothed() const { return *smoothed_; }
  Duration least() const { return least_; }

  // Without backing off.
  Duration timeout() const;

 private:
  std::optional<Duration> smoothed_;
  Duration least_ = Duration::max();
  Duration deviation_{};        // four times the mean, as Linux keeps it
  Duration round_deviation_{};  // its maximum in this round
  Duration held_deviation_{};   // what counts: follows a rise at once, a fall slowly
};

}  // namespace muxlab::link
