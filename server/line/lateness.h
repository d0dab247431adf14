// How late a simulation in real time runs: for each event, when it happened against when it should
// have. Keeps the latest samples and gives their percentiles.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/time.h"

namespace muxlab::server::line {

// A line that ran late has measured the machine: above 5 ms, which a busy desktop's timers take,
// and above a hundredth of what was measured, which loads of one page differ by anyhow. Of a line
// alone nothing is measured yet: 5 ms count.
inline constexpr Duration most_lateness = 5ms;
inline constexpr int most_lateness_percent = 1;
constexpr bool is_too_late(Duration p99, Duration measured = {}) {
  return p99 > most_lateness && p99 > measured * most_lateness_percent / 100;
}

struct Lateness {
  std::uint64_t samples = 0;  // of which the latest 4096 count
  Duration p50{};
  Duration p99{};

  bool valid() const { return !is_too_late(p99); }
};

class LatenessRecord {
 public:
  void note(Duration late) { latest_[noted_++ % latest_.size()] = late; }

  Lateness read() const {
    const auto kept = std::min<std::uint64_t>(noted_, latest_.size());
    if (kept == 0) return {};
    std::vector<Duration> sorted(latest_.begin(),
                                 latest_.begin() + static_cast<std::ptrdiff_t>(kept));
    std::sort(sorted.begin(), sorted.end());
    const std::size_t last = sorted.size() - 1;
    return {.samples = noted_, .p50 = sorted[last / 2], .p99 = sorted[last * 99 / 100]};
  }

 private:
  std::array<Duration, 4096> latest_{};
  std::uint64_t noted_ = 0;
};

}  // namespace muxlab::server::line
