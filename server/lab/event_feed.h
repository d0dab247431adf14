// What happens on the lanes, live: Server-Sent Events (WHATWG HTML section 9.2) for any number of
// watchers. Each event is written once, whoever watches, and only while somebody does. A watcher
// that is slow loses events, is told how many, and holds nobody up. Lives on the lab's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/response.h"
#include "server/lab/recorder.h"
#include "server/lab/runs.h"

namespace muxlab::server::lab {

// What a watcher wants; empty: everything.
struct EventFilter {
  std::string run;
  std::string lane;
  std::optional<std::uint64_t> connection;
};

class EventFeed {
 public:
  // Lets a connection, a watcher's, have its turn.
  using Wake = std::function<void(std::uint64_t connection)>;

  // `runs` outlives the feed.
  explicit EventFeed(const Runs& runs);
  EventFeed(const EventFeed&) = delete;  // watchers' bodies know it
  EventFeed& operator=(const EventFeed&) = delete;
  ~EventFeed();

  // Before the first watcher. Times of events outside a run count from `zero`.
  void start(Wake wake, Instant zero);

  // From the recorder and the runs.
  void heard(const SharedTrace& trace, tap::News news);
  void run_changed(const RunRecord& run, bool dropped);

  // An endless answer for one watcher on connection `watcher`. It begins behind `last_event_id` if
  // that is still known (and says how many were lost if not); none: with what happens from now on.
  http::Response watch(EventFilter filter, std::uint64_t watcher,
                       std::optional<std::uint64_t> last_event_id);

  // Writes what has been heard since the last call, and wakes the watchers. Call every tick.
  void advance(Instant now);

  std::size_t watchers() const;
  std::uint64_t lost() const;  // by all watchers together

 private:
  struct State;
  std::shared_ptr<State> state_;  // the bodies hold it weakly
};

}  // namespace muxlab::server::lab
