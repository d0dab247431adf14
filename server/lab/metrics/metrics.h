// What happened on the lanes, counted since the start, for Prometheus. Counts from the recorder's
// news, whoever watches; knows each metric by lane, and lanes by name. Lives on the lab's thread.
// docs/metrics.md lists the metrics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/direction.h"
#include "common/trace/connection_trace.h"
#include "server/lab/metrics/lane_counts.h"
#include "server/line/lateness.h"
#include "server/recording/recorder.h"
#include "server/tap/tap.h"

namespace muxlab::server::lab::metrics {

// Each lane is a dozen lines of every scrape. What is beyond is counted as the lane "other".
inline constexpr std::size_t most_counted_lanes = 64;

// A client's line on a lane.
struct LineFigures {
  std::string lane;
  std::string client;
  line::Lateness lateness;
};
// A scrape tells of so many lines: those that are latest.
inline constexpr std::size_t most_told_lines = 200;

// How often something was refused or forgotten as a limit was reached.
struct LimitFigures {
  std::string_view limit;  // "watchers"
  std::uint64_t reached = 0;
};

// What one of the site's workers has counted.
struct WorkerFigures {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::array<std::uint64_t, 3> requests{};  // by Protocol
};

// What others count.
struct LabFigures {
  std::vector<LineFigures> lines;
  std::uint64_t runs_begun = 0;
  std::uint64_t runs_dropped = 0;
  std::size_t runs_open = 0;
  std::size_t watchers = 0;
  std::uint64_t lost_events = 0;
  std::vector<LimitFigures> limits;
  std::vector<WorkerFigures> workers;
};

class Metrics {
 public:
  // From the recorder.
  void heard(const recording::SharedTrace& trace, tap::News news);

  // Text exposition format 0.0.4.
  std::string text(const LabFigures& figures) const;

 private:
  // A connection that is open.
  struct Seen {
    std::size_t lane;
    std::size_t protocol = unknown_protocol;
    std::uint64_t open_streams = 0;
    std::uint64_t requests = 0;
    std::uint64_t answered = 0;
    std::array<std::uint64_t, 2> tls_bytes{};  // counted already, by Direction
    std::uint64_t dropped = 0;                 // counted already
  };

  std::size_t lane_index(const std::string& lane);
  void open(const trace::ConnectionTrace& trace);
  void close(const trace::ConnectionTrace& trace, Seen& seen);
  Seen* find(std::uint64_t connection);
  void note_progress(const trace::ConnectionTrace& trace, Seen& seen);
  void begin_request(const trace::Exchange& exchange, Seen& seen);
  void count_answer(const trace::Exchange& exchange, Seen& seen);
  void end_stream(const trace::Exchange& exchange, Seen& seen);

  std::vector<LaneCounts> lanes_;
  std::unordered_map<std::uint64_t, Seen> seen_;
  std::uint64_t last_connection_ = 0;  // of the last news; news of one connection come in rows
  Seen* last_seen_ = nullptr;          // null: none
};

}  // namespace muxlab::server::lab::metrics
