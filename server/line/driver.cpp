#include "server/line/driver.h"

#include <algorithm>
#include <utility>

#include "common/link/simulated_link.h"

namespace muxlab::server::line {

Driver::Driver(const net::EventLoop& loop, link::LineProfile profile, const Turn& turn, Moved moved)
    : loop_(loop),
      turn_(turn),
      moved_(std::move(moved)),
      line_(std::make_shared<link::Line>(std::move(profile))),
      time_(loop.now()) {}

void Driver::change(link::LineProfile profile) {
  line_->change(std::move(profile));
  lateness_ = {};
}

std::unique_ptr<link::Link> Driver::connect(std::uint64_t connection,
                                            ConnectionObserver* observer) {
  auto link = std::make_unique<link::SimulatedLink>(line_, time_, observer);
  ids_.emplace(connection, link->id());
  names_.emplace(link->id(), connection);
  moved();
  return link;
}

void Driver::left(std::uint64_t connection) {
  const auto found = ids_.find(connection);
  if (found == ids_.end()) return;
  names_.erase(found->second);
  ids_.erase(found);
}

void Driver::drop_next(std::uint64_t connection, std::uint64_t segments) {
  line_->drop_next(ids_.at(connection), Direction::down, segments);
}

void Driver::moved() const {
  if (!stepping_) moved_(*this);
}

Instant Driver::catch_up(Instant now) {
  if (std::exchange(stepping_, true)) return time_;
  int steps = 0;
  std::optional<Instant> next = line_->next_event();
  for (; next && *next <= now && steps < most_steps_a_turn; ++steps) {
    time_ = std::max(time_, *next);
    lateness_.note(loop_.read_clock() - *next);
    line_->advance(time_);
    for (const link::ConnectionId id : line_->take_changed()) {
      if (const auto found = names_.find(id); found != names_.end()) turn_(found->second, time_);
    }
    next = line_->next_event();
  }
  const bool caught_up = !next || *next > now;
  if (caught_up) time_ = std::max(time_, now);
  stepping_ = false;
  moved();
  return time_;
}

}  // namespace muxlab::server::line
