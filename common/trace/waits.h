// When the exchanges of one connection were blocked. Prepared once in a pass over the connection,
// then asked for one exchange at a time, so that whoever streams it can stop in between.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/trace/analysis.h"
#include "common/trace/flow_windows.h"
#include "common/trace/turns.h"

namespace muxlab::trace {

class Waits {
 public:
  // The connection outlives it.
  explicit Waits(const ConnectionTrace& connection);

  // Of one exchange, by its index; see blocked().
  std::vector<Blocked> of(std::size_t exchange) const;

 private:
  // When a window was used up, in order; the last one may be open to the end of time.
  using UsedUp = std::vector<Span>;

  void watch_windows();
  static void note(UsedUp& used_up, std::int64_t window, Instant at);
  std::vector<Span> held_by_windows(const Exchange& exchange, Span all) const;

  const ConnectionTrace& connection_;
  std::vector<Turn> turns_;
  std::vector<int> urgencies_;  // of the exchanges
  UsedUp of_connection_;
  std::unordered_map<std::uint32_t, UsedUp> of_stream_;
};

// Those of a run's connections, each prepared when it is first asked for.
class RunWaits {
 public:
  // The trace outlives it.
  explicit RunWaits(const RunTrace& trace) : trace_(trace), waits_(trace.connections.size()) {}
  const Waits& on(std::size_t connection);

 private:
  const RunTrace& trace_;
  std::vector<std::unique_ptr<Waits>> waits_;
};

// where_the_time_went(), for whoever has them already.
std::optional<TimeParts> where_the_time_went(const RunTrace& trace, RunWaits& waits);

}  // namespace muxlab::trace
