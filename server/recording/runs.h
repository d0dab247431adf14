// The runs: page loads that were asked for, and the connections that carried them. A request says
// by its path, /r/ID/..., which run it belongs to; its connection is the run's from then on, and
// may be another run's too. Lives on the lab's thread; bounded, the oldest go first.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/trace/run_trace.h"
#include "server/recording/recorder.h"

namespace muxlab::server::recording {

// So many runs are remembered, and so many bytes of what was seen in them.
inline constexpr std::size_t most_runs = 256;
inline constexpr std::size_t most_recorded_bytes = 192 * 1024 * 1024;

// A run ends by itself so long after its last byte, and so long after it began, whatever happens.
inline constexpr Duration run_quiet_time = 2s;
inline constexpr Duration longest_run = 120s;

enum class RunState : std::uint8_t { waiting, running, ended };  // waiting: for its first request
std::string_view name_of(RunState state);

struct RunWish {
  std::string page;    // "mosaic"
  std::string target;  // behind the run's prefix: "mosaic/?tiles=100"
  std::string lane;
  std::string way;        // "h2", "h1"
  std::string lane_url;   // "https://localhost:8453/"
  std::string client;     // who asked: an address, as Lines::client_at() gives it
  std::string line_json;  // empty: none
  bool warm = false;
  bool warm_up = false;  // the load before a warm one: recorded, not measured
};

struct RunRecord {
  trace::Run facts;
  RunWish wish;
  RunState state = RunState::waiting;
  Instant created;
  Instant last_activity;
  // Its exchanges that are not over: the connection's number, and the exchange's there.
  std::set<std::pair<std::uint64_t, std::uint32_t>> open_exchanges;
  std::vector<trace::RunConnection> connections;

  bool is_on(const trace::ConnectionTrace& trace) const;

  // "https://localhost:8453/r/k3/mosaic/?tiles=100"
  std::string url() const { return wish.lane_url + "r/" + facts.id + "/" + wish.target; }
};

class Runs {
 public:
  // `seed` makes the ids differ from those of another start of the server: what a browser has
  // cached under them is not this run's.
  explicit Runs(std::uint32_t seed);

  // Told when a run begins, ends or is dropped (`dropped` is true then).
  void on_change(std::function<void(const RunRecord&, bool dropped)> changed) {
    changed_ = std::move(changed);
  }

  const RunRecord& begin(RunWish wish, Instant now, std::chrono::system_clock::time_point wall);
  // Null: never was, or is no more.
  const RunRecord* find(std::string_view id) const;
  bool was_dropped(std::string_view id) const;
  const std::deque<std::unique_ptr<RunRecord>>& all() const { return runs_; }  // oldest first
  std::uint64_t begun() const { return begun_; }
  std::uint64_t dropped() const { return dropped_; }

  // The caller's word. Harmless when it has ended already. Gives false if there is no such run.
  bool end(std::string_view id, Instant now);
  bool remove(std::string_view id);
  // What the client says of its requests, relative to its own zero; laid over the run's where both
  // know when one was sent. Of none that the run knows: it is not kept.
  void report(std::string_view id, std::vector<trace::ClientReport> reports);
  // How late its line was while it ran.
  void lateness(std::string_view id, Duration p50, Duration p99);

  // A run that a client has running on a lane; null: there is none.
  const RunRecord* running(std::string_view client, std::string_view lane) const;
  // How long it goes on at least, if nothing more comes of it.
  static Duration time_left(const RunRecord& run, Instant now);
  // A client's connections on a lane are cut for a run: one that waits for its first request would
  // find neither the connections nor the line that it was begun with.
  void replace_waiting(std::string_view client, std::string_view lane, Instant now);
  // A client's line on a lane is another one: runs that were begun are loaded over one that they do
  // not name, or over two.
  void line_changed(std::string_view client, std::string_view lane);

  // Does a request for this begin a chapter of the connection's trace? A run's first one does,
  // unless the run shares the chapter with one that still goes on. Needs that it is not the
  // connection's first request.
  bool begins_chapter(const trace::ConnectionTrace& trace, std::string_view path) const;

  // From the recorder.
  void heard(const SharedTrace& trace, tap::News news);
  // Whose a stream of a connection is: of the run that its exchange belongs to, or else (0 is of
  // the whole connection) of the latest one there. Null: of none.
  const RunRecord* run_of(const trace::ConnectionTrace& trace, std::uint32_t stream) const;

  // Ends what is due and drops what is too much.
  void advance(Instant now);

  // What is known by now, to be read at leisure: later drops do not harm it.
  std::shared_ptr<const trace::RunTrace> trace(const RunRecord& run) const;

 private:
  RunRecord* look_up(std::string_view id);
  RunRecord* owner_of(const trace::ConnectionTrace& trace, const trace::Exchange& exchange);
  void attach(RunRecord& run, const SharedTrace& trace, const trace::Exchange& first);
  void exchange_over(RunRecord& run, const trace::ConnectionTrace& trace,
                     const trace::Exchange& exchange);
  void connection_closed(const trace::ConnectionTrace& trace);
  static void invalidate(RunRecord& run, std::string why);
  static void judge(trace::Run& run, const std::vector<trace::RunConnection>& connections);
  bool is_shared(const RunRecord& run, const trace::ConnectionTrace& trace) const;
  void finish(RunRecord& run, Instant now);
  void drop_oldest();
  std::size_t recorded_bytes() const;
  void tell(const RunRecord& run, bool dropped = false) const;

  std::string prefix_;
  std::uint64_t begun_ = 0;
  std::uint64_t dropped_ = 0;
  std::deque<std::unique_ptr<RunRecord>> runs_;
  std::function<void(const RunRecord&, bool dropped)> changed_;
};

}  // namespace muxlab::server::recording
