// One direction of a line: a queue, a rate, a distance, and losses. Decides at once what becomes of
// a packet that is given to it; knows nothing of TCP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/direction.h"
#include "common/base/time.h"
#include "common/link/draw.h"

namespace muxlab::link {

struct LineProfile;

// A packet, as far as its way is concerned.
struct Freight {
  std::uint32_t wire_bytes = 0;
  std::uint64_t stream = 0;   // whose packets are numbered
  std::uint64_t ordinal = 0;  // which of them: the two decide whether it is lost
  bool doomed = false;        // someone wants it lost
  bool certain = false;       // neither lost nor dropped
};

struct Passage {
  enum class Fate { arrives, lost, dropped };
  Fate fate;
  Instant left;     // when its last bit leaves the bottleneck; of a dropped one, now
  Instant arrives;  // at the far end; of those that arrive only
};

class Bottleneck {
 public:
  Bottleneck(Direction direction, const LineProfile& profile,
             Chance chance = Chance::of_each_packet);

  // From the next packet on. What is under way keeps its time, and nothing overtakes it.
  void change(const LineProfile& profile);

  // `now` never goes back.
  Passage pass(const Freight& freight, Instant now);

  std::size_t queued_packets() const { return queue_.size(); }

 private:
  struct Waiting {
    Instant leaves;
    std::uint32_t bytes;
  };

  void forget_those_that_left(Instant now);
  bool is_full(std::uint32_t wire_bytes) const;
  Duration time_to_send(std::uint32_t wire_bytes) const;
  bool is_lost(const Freight& freight);
  bool chance_loses(const Freight& freight);
  bool burst_loses();

  Direction direction_;
  std::uint64_t seed_ = 0;
  std::optional<std::uint64_t> bits_per_second_;
  Duration distance_{};
  double loss_ = 0;
  std::optional<double> burst_packets_;
  std::size_t queue_limit_packets_ = 0;
  std::optional<std::uint64_t> queue_limit_bytes_;

  std::deque<Waiting> queue_;  // the one being sent included
  std::uint64_t queued_bytes_ = 0;
  Instant free_{Duration::min()};  // when the last packet has left
  Instant last_arrival_{Duration::min()};
  std::uint64_t packets_ = 0;
  bool in_burst_ = false;
  std::optional<DrawsInTurn> in_turn_;
};

}  // namespace muxlab::link
