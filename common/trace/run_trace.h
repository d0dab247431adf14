// A run: one page load on one lane, with all that was seen of its connections. The shape that is
// exported, shown and compared.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/base/time.h"
#include "common/trace/connection_trace.h"

namespace muxlab::trace {

// What the client says of one of its requests: only it can know.
struct ClientReport {
  std::string path;                    // with the query, and with the run's prefix
  Instant discovered;                  // it learned that it needs it (Resource Timing's startTime)
  std::optional<Instant> queued = {};  // it would have sent it, had there been a connection
  std::optional<Instant> sent = {};    // it began to (Resource Timing's requestStart)
};

struct Run {
  std::string id;    // "k3"
  std::string page;  // "mosaic"
  std::string way;   // the lane's protocol as people say it: "h2", "h1"
  std::string lane;
  std::string line_json;  // the line's profile as JSON text; empty: none
  bool warm = false;
  std::chrono::system_clock::time_point started;
  Instant start;                 // what times are relative to: its first connection or request
  std::optional<Instant> ended;  // none: it still runs
  std::optional<Duration>
      load;  // from start to the last byte of the last exchange; none: nothing yet
  std::optional<Duration> lateness_p50, lateness_p99;
  // Why its figures say something else than how the page loads; sentences. Empty: they don't.
  std::vector<std::string> invalid_because;
  bool valid() const { return invalid_because.empty(); }
  std::uint64_t dropped = 0;  // what bounded memory did not let us keep
  std::vector<ClientReport> reports;
};

// A connection of a run, which may carry other runs too.
struct RunConnection {
  std::shared_ptr<const ConnectionTrace> trace;
  std::optional<Instant> from = {};   // of the run's first request there; none: it opened it
  std::optional<Instant> until = {};  // the run had ended, and another one went on; none: all

  bool holds(Instant at) const { return (!from || at >= *from) && (!until || at <= *until); }
  const ConnectionTrace& operator*() const { return *trace; }
  const ConnectionTrace* operator->() const { return trace.get(); }
};

// One exchange of a run: which connection, and which of its exchanges.
struct RunExchange {
  std::size_t connection;  // index into RunTrace::connections
  std::size_t exchange;    // index into its exchanges
};

struct RunTrace {
  Run run;
  std::vector<RunConnection> connections;  // in the order of opening

  // Those that belong to the run, in the order of being received. Of a run without an id: all.
  std::vector<RunExchange> exchanges() const;
  const Exchange& at(RunExchange which) const {
    return connections[which.connection]->exchanges[which.exchange];
  }
};

// The run that a path names, "k3" of "/r/k3/mosaic/"; empty: none.
std::string_view run_in(std::string_view path);

// The run that an exchange of a connection belongs to: the one that its path names; what was pushed
// belongs to the run of the request that it was promised on. Empty: to none.
std::string_view owner_of(const ConnectionTrace& connection, const Exchange& exchange);

// The streams of exchanges that belong to other runs than this one.
std::unordered_set<std::uint32_t> streams_of_others(const ConnectionTrace& connection,
                                                    std::string_view run_id);

// What the client said of each of these exchanges: the nth report of a path goes with the nth
// exchange of that path. Null: it said nothing.
std::vector<const ClientReport*> reports_of(const RunTrace& trace,
                                            const std::vector<RunExchange>& exchanges);

}  // namespace muxlab::trace
