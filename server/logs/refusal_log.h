// Says of connections that are closed unheard why, in lines for people, and no more of them than
// somebody can read: whoever may connect could otherwise fill a disk with them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "common/base/time.h"

namespace muxlab::server::logs {

// In each period so many are said, for each worker; of the rest only how many they were.
inline constexpr std::size_t refusals_a_period = 20;
inline constexpr Duration refusal_period = 10s;

class RefusalLog {
 public:
  using Say = std::function<void(const std::string& line)>;
  explicit RefusalLog(Say say) : say_(std::move(say)) {}

  void add(const std::string& line, Instant now);
  // Call now and then: says what was left out once its period is over.
  void advance(Instant now);

 private:
  Say say_;
  Instant period_end_{};
  std::size_t said_ = 0;  // in this period
  std::size_t left_out_ = 0;
};

}  // namespace muxlab::server::logs
