#include "common/link/client_clock.h"

#include <algorithm>

namespace muxlab::link {

void ClientClock::sent(std::uint64_t end, Instant now) {
  if (!stands()) moved_ = now;
  const Instant at = at_client(now);
  if (!under_way_.empty() && at < under_way_.back().at + step) {
    under_way_.back().end = end;
  } else {
    under_way_.push_back({end, at});
  }
}

void ClientClock::taken(std::uint64_t end, Instant now) {
  moved_ = now;
  while (!under_way_.empty() && under_way_.front().end <= end) {
    last_taken_at_ = under_way_.front().at;
    under_way_.pop_front();
  }
}

void ClientClock::answered(Instant now) {
  if (!stands()) held_ = now - last_taken_at_;
}

void ClientClock::hold(bool held, Instant now) {
  if (held == held_since_.has_value()) return;
  if (held) {
    if (!stands()) moved_ = now;
    held_since_ = now;
  } else {
    held_ += now - *held_since_;
    held_since_.reset();
  }
}

Instant ClientClock::at_client(Instant now) const {
  return held_since_.value_or(now) - held_;
}

Duration ClientClock::lag(Instant now) const {
  const Instant known = under_way_.empty() ? at_client(now) : under_way_.front().at;
  if (!stands()) return now - known;
  const Duration standstill = now - moved_;
  return now - known + step - std::max(Duration::zero(), standstill - longest_standstill);
}

}  // namespace muxlab::link
