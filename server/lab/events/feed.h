// What happens on the lanes, live: Server-Sent Events (WHATWG HTML section 9.2) for any number of
// watchers. Each event is written once, whoever watches, and only while somebody does. A watcher
// that is slow loses events, is told how many, and holds nobody up. Lives on the lab's thread.
//
// Events are `frames`, `landed`, `exchanges`, `connections` and `segments`, whose data are arrays,
// and `run` and `lost`, whose data are one object. docs/api.md describes them for their users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/http/response.h"
#include "server/lab/events/ring.h"
#include "server/recording/recorder.h"
#include "server/recording/runs.h"

namespace muxlab::server::lab::events {

// Each costs a copy of all it asks for, sealed for it alone.
inline constexpr std::size_t most_watchers = 64;

// What has been heard and not written yet. Beyond this the oldest is lost: a watcher wants to know
// what happens now.
inline constexpr std::size_t most_unwritten_events = 16 * 1024;
// So much is written in one call of advance(). Called ten times a second it is one part in a
// hundred of the thread's time, and less than what makes a line late.
inline constexpr std::size_t most_written_at_once = 2000;
inline constexpr Duration longest_writing = 1ms;

// So long after its last watcher the feed goes on, so that one who comes back misses nothing.
inline constexpr Duration time_to_come_back = 30s;
// A comment, so that whoever stands between knows that the connection is in use.
inline constexpr Duration heartbeat_interval = 10s;

class Feed {
 public:
  // Lets a connection, a watcher's, have its turn.
  using Wake = std::function<void(std::uint64_t connection)>;

  // `runs` outlives the feed.
  explicit Feed(const recording::Runs& runs);
  Feed(const Feed&) = delete;  // watchers' bodies know it
  Feed& operator=(const Feed&) = delete;
  ~Feed();

  // Before the first watcher. Times of events outside a run count from `zero`.
  void start(Wake wake, Instant zero);

  // From the recorder and the runs.
  void heard(const recording::SharedTrace& trace, tap::News news);
  void run_changed(const recording::RunRecord& run, bool dropped);

  // An endless answer for one watcher on connection `watcher`, who is one until the answer's body
  // is destroyed: to HEAD, at once. It begins behind `last_event_id` if that is still known, and
  // says how many were lost if not (null: too long ago to count); none: with what happens from now
  // on. A failure when there are most_watchers, and behind end().
  Result<http::Response> watch(Filter filter, std::uint64_t watcher,
                               std::optional<std::uint64_t> last_event_id);

  // The server is about to end, and so are its watchers' answers.
  void end();

  // Writes what has been heard since the last call, and wakes the watchers. Call every tick.
  void advance(Instant now);

  // There is more to write than one advance() may.
  bool is_behind() const;

  std::size_t watchers() const;
  // Events that some watcher was too slow for, and events that were never written.
  std::uint64_t lost() const;
  // Of watchers, as there were too many.
  std::uint64_t refused() const;

 private:
  struct State;
  void wake_watchers();

  std::shared_ptr<State> state_;  // the bodies hold it weakly
};

}  // namespace muxlab::server::lab::events
