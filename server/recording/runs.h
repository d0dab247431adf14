// The runs: page loads that were asked for, and the connections that carried them. A request says
// by its path, /r/ID/..., which run it belongs to; its connection is the run's from then on. Lives
// on the lab's thread; bounded, the oldest go first.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
  std::string client;     // who asked: an address
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
  std::size_t open_exchanges = 0;
  std::size_t complete_exchanges = 0;
  std::vector<SharedTrace> connections;

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
  // What the client says of its requests, relative to its own zero; laid over the run's by the
  // first one's time of sending.
  void report(std::string_view id, std::vector<trace::ClientReport> reports);
  void lateness(std::string_view id, Duration p50, Duration p99, bool valid);

  // From the recorder.
  void heard(const SharedTrace& trace, tap::News news);
  // The latest run that a connection belongs to; null: none.
  const RunRecord* run_of(std::uint64_t connection) const;

  // Ends what is due and drops what is too much.
  void advance(Instant now);

  // What is known by now, to be read at leisure: later drops do not harm it.
  std::shared_ptr<const trace::RunTrace> trace(const RunRecord& run) const;

 private:
  RunRecord* look_up(std::string_view id);
  void attach(RunRecord& run, const SharedTrace& trace, const trace::Exchange& first);
  void finish(RunRecord& run, Instant now);
  void drop_oldest();
  std::size_t recorded_bytes() const;
  void tell(const RunRecord& run, bool dropped = false) const;

  std::string prefix_;
  std::uint64_t begun_ = 0;
  std::uint64_t dropped_ = 0;
  std::deque<std::unique_ptr<RunRecord>> runs_;
  std::unordered_map<std::uint64_t, RunRecord*> by_connection_;
  std::function<void(const RunRecord&, bool dropped)> changed_;
};

}  // namespace muxlab::server::recording
