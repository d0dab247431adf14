// A client's line in real time: steps the simulation up to the clock, event by event, and lets each
// connection have its turn at the time of the event, however late it really is. What follows an
// event is thereby counted from the event, and lateness does not add up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "common/base/time.h"
#include "common/link/line.h"
#include "common/link/link.h"
#include "common/net/event_loop.h"
#include "server/line/lateness.h"

namespace muxlab::server::line {

// How many instants one line may go through before others have their turn: on a line without
// distance and limit, time does not pass while bytes move.
inline constexpr int most_steps_a_turn = 2000;

class Driver {
 public:
  // Something happened to a connection, at that time of the line.
  using Turn = std::function<void(std::uint64_t connection, Instant now)>;

  // The next event may have come nearer: whoever has the timer sets it.
  using Moved = std::function<void(const Driver& line)>;

  // `loop` and `turn` outlive the line.
  Driver(const net::EventLoop& loop, link::LineProfile profile, const Turn& turn, Moved moved);

  const link::LineProfile& profile() const { return line_->profile(); }
  // From now on; what was late before does not count against it.
  void change(link::LineProfile profile);

  // A client has connected; its bytes take their time from now on. Call left() when it has gone.
  std::unique_ptr<link::Link> connect(std::uint64_t connection,
                                      ConnectionObserver* observer = nullptr);
  void left(std::uint64_t connection);
  std::size_t connections() const { return ids_.size(); }

  void drop_next(std::uint64_t connection, std::uint64_t segments);

  // Steps up to `now`, or as far as one turn goes. Gives the line's own time, at which input that
  // came meanwhile is to be taken.
  Instant catch_up(Instant now);
  std::optional<Instant> next_event() const { return line_->next_event(); }

  // A connection had a turn of its own: input, room in its socket, a timeout.
  void moved() const;

  Lateness lateness() const { return lateness_.read(); }
  void forget_lateness() { lateness_ = {}; }

 private:
  const net::EventLoop& loop_;
  const Turn& turn_;
  Moved moved_;
  std::shared_ptr<link::Line> line_;
  Instant time_;
  bool stepping_ = false;
  std::unordered_map<std::uint64_t, link::ConnectionId> ids_;    // by connection
  std::unordered_map<link::ConnectionId, std::uint64_t> names_;  // and back
  LatenessRecord lateness_;
};

}  // namespace muxlab::server::line
