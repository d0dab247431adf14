// CUBIC (RFC 9438) as Linux has it, with its Reno-friendly region, fast convergence and HyStart:
// the window as a cubic function of the time since the last loss.
#pragma once

#include <cstdint>

#include "common/base/time.h"

namespace muxlab::link {

// What an acknowledgement tells the algorithm of time and place.
struct CubicRound {
  Instant now;
  Duration round_trip;             // of the newest packet acknowledged; zero: not measured
  std::uint64_t acknowledged = 0;  // all bytes before it
  std::uint64_t sent = 0;          // and so far sent
};

class Cubic {
 public:
  Cubic() = default;
  // After a timeout at `now`, when all bytes before `sent` had been sent.
  Cubic(Instant now, std::uint64_t sent) : round_end_(sent), round_start_(now), last_ack_(now) {}

  // In congestion avoidance: one packet more for so many acknowledged.
  std::uint32_t packets_each(std::uint32_t window, std::uint32_t acked, const CubicRound& round);

  // HyStart (Ha, Rhee: "Taming the elephants", 2011): the acknowledgements of one round come so
  // evenly, or so late, that the path must be full.
  bool slow_start_should_end(const CubicRound& round, std::uint32_t window);

  std::uint32_t window_after_loss(std::uint32_t window);

  // Of every acknowledgement that measured one.
  void note_round_trip(const CubicRound& round);

  // No time passes for the cubic function while nothing is in flight.
  void paused(Duration duration, Instant now);

 private:
  bool ignores_round_trips(Instant now) const;
  bool round_fills_the_path(const CubicRound& round, std::uint32_t window);
  std::uint32_t packets_each_by_time(std::uint32_t window, std::uint32_t acked, Instant tick);
  std::uint32_t packets_each_as_reno(std::uint32_t window);
  void begin_epoch(std::uint32_t window, std::uint32_t acked, Instant tick);
  std::uint32_t target(Instant tick) const;

  Duration least_round_trip_{};  // zero: unknown
  std::uint32_t window_before_loss_ = 0;

  // The epoch since the last loss. Its time is counted in ticks.
  bool in_epoch_ = false;
  Instant epoch_start_{};
  std::uint32_t origin_window_ = 0;  // where the cubic function is flat
  double seconds_to_origin_ = 0;
  std::uint32_t acked_ = 0;
  std::uint32_t packets_each_ = 0;  // what packets_each() said last, for which window and when
  std::uint32_t said_for_ = 0;
  Instant said_at_{};
  std::uint32_t reno_window_ = 0;  // what Reno would have by now

  // HyStart's round.
  std::uint64_t round_end_ = 0;
  Instant round_start_{};
  Instant last_ack_{};
  Duration round_least_{};  // zero: unknown
  int round_samples_ = 0;
  bool ended_slow_start_ = false;  // it does so once, until a timeout
};

}  // namespace muxlab::link
