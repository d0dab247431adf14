// How a sender's congestion window grows and how far it falls: Reno (RFC 5681) or CUBIC (RFC 9438),
// counted in packets as Linux counts them. Knows no segments; the sender says what was
// acknowledged.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <variant>

#include "common/base/time.h"
#include "common/link/cubic.h"
#include "common/link/line_profile.h"

namespace muxlab::link {

class CongestionWindow {
 public:
  // RFC 6928.
  static constexpr std::uint32_t initial_packets = 10;
  // More full packets never fit into a receive window of 3 MiB; small ones must not use the
  // difference, for each costs memory.
  static constexpr std::uint32_t most_packets = 2173;
  static constexpr std::uint32_t no_threshold = std::numeric_limits<std::uint32_t>::max();

  explicit CongestionWindow(CongestionControl kind);

  std::uint32_t packets() const { return packets_; }
  std::uint32_t threshold() const { return threshold_; }
  bool in_slow_start() const { return packets_ < threshold_; }

  // `acked` packets were newly acknowledged, and the window was the sender's limit.
  void grow(std::uint32_t acked, const CubicRound& round);
  // An acknowledgement, whatever limits the sender: slow start may end with it (HyStart).
  void acknowledged(const CubicRound& round);

  // A loss: the threshold falls by what the algorithm says, at least to two packets. The window
  // itself is the sender's to reduce: at once, or packet by packet.
  void lower_threshold();

  // The window becomes what recovery, a timeout or a pause makes of it.
  void set(std::uint32_t packets) { packets_ = packets; }
  // Nothing was heard until the timer fired: what was learned of the path is forgotten. All bytes
  // before `sent` had been sent.
  void timed_out(Instant now, std::uint64_t sent);
  // The loss was none: back to what was, or to what has grown since.
  void restore(std::uint32_t packets, std::uint32_t threshold);
  // What the threshold would be if the window were to shrink now without a loss: it remembers three
  // quarters of what was reached (RFC 2861). While no loss has set one there is none to remember
  // in, and slow start goes on (Linux: tcp_current_ssthresh).
  std::uint32_t remembered_threshold() const {
    return std::max(threshold_, packets_ / 2 + packets_ / 4);
  }
  // The sender had nothing to say for a while, or less than it was allowed.
  void remember_before_shrinking() { threshold_ = remembered_threshold(); }
  // The first packet leaves after a time with nothing in flight.
  void paused(Duration duration, Instant now);

 private:
  struct Reno {};

  void grow_by(std::uint32_t acked, const CubicRound& round);
  void grow_by_one_each(std::uint32_t packets_each, std::uint32_t acked);

  std::variant<Reno, Cubic> algorithm_;
  std::uint32_t packets_ = initial_packets;
  std::uint32_t threshold_ = no_threshold;
  std::uint32_t acked_since_growth_ = 0;
};

}  // namespace muxlab::link
