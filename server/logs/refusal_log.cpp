#include "server/logs/refusal_log.h"

#include <fmt/format.h>

#include <utility>

namespace muxlab::server::logs {

void RefusalLog::add(const std::string& line, Instant now) {
  advance(now);
  if (said_ == 0) period_end_ = now + refusal_period;
  if (said_ == refusals_a_period) {
    ++left_out_;
    return;
  }
  ++said_;
  say_(line);
}

void RefusalLog::advance(Instant now) {
  if (said_ == 0 || now < period_end_) return;
  said_ = 0;
  const std::size_t left_out = std::exchange(left_out_, 0);
  if (left_out > 0) say_(fmt::format("and {} more connections like these", left_out));
}

}  // namespace muxlab::server::logs
