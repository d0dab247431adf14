// All that people touch in the lab, together: the lanes' lines, what is recorded on them, the runs
// and who watches. Lives on the lab's thread, and so needs no lock. Knows connections by their
// numbers; the worker has them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/connection_observer.h"
#include "common/net/event_loop.h"
#include "server/lab/events/feed.h"
#include "server/lab/lane.h"
#include "server/lab/metrics/metrics.h"
#include "server/lab/own_names.h"
#include "server/lab/ticket_limits.h"
#include "server/line/lines.h"
#include "server/recording/recorder.h"
#include "server/recording/runs.h"
#include "server/site/page_json.h"

namespace muxlab::server::lab {

// What becomes of a connection that a lane has accepted.
struct Admission {
  line::Seat seat;
  ConnectionObserver* observer = nullptr;  // null: it is not tapped; else lives until left()
  tls::TicketEpochs tickets;
};

class Lab {
 public:
  // `seed` makes this start's runs differ from another one's.
  explicit Lab(std::uint32_t seed);
  Lab(const Lab&) = delete;  // its parts know each other
  Lab& operator=(const Lab&) = delete;

  // What the lanes serve.
  using Pages = std::function<site::PageDescriptions()>;
  void serve_pages(Pages pages) { pages_ = std::move(pages); }
  site::PageDescriptions pages() const { return pages_ ? pages_() : site::PageDescriptions{}; }

  // Who knows what the site's workers have counted. Without, nobody does.
  using Workers = std::function<std::vector<metrics::WorkerFigures>()>;
  void count_workers(Workers workers) { workers_ = std::move(workers); }

  // Its lanes and the console, among others, when they listen; again when there are more, or after
  // a reload.
  void show(const std::vector<Lane>& lanes);
  const std::vector<Lane>& lanes() const { return lanes_; }
  std::uint16_t console_port() const { return console_port_; }
  // Null: there is none of that name.
  const Lane* lane(std::string_view name) const;

  // From here on it lives on `loop`, which outlives it. `turn` lets a connection have its turn;
  // `drain` ends those of a client on a lane once they have finished what they began.
  using Drain = line::Lines::Drain;
  // Ends those of a client on a lane at once, and gives their numbers.
  using Cut =
      std::function<std::vector<std::uint64_t>(const std::string& lane, const std::string& client)>;
  void start(net::EventLoop& loop, line::Driver::Turn turn, Drain drain, Cut cut);

  Admission admit(std::string_view lane, std::string_view address, std::uint64_t connection);
  // A connection has ended, on whichever port.
  void left(std::uint64_t connection);
  // Call every tick.
  void advance(Instant now);

  // Begins a run. Needs its lane, and a line that could be set; a cold one ends the caller's
  // connections on the lane, refuses their tickets and replaces runs that wait there, and needs
  // that none is running. Of a warm one the load before it comes first: the second of the two.
  std::pair<const recording::RunRecord*, const recording::RunRecord*> begin_run(
      const recording::RunWish& wish);

  // A turn for a connection soon, but not at once: whoever asks is in its turn now.
  void wake_soon(std::uint64_t connection);

  Instant now() const { return loop_->now(); }

  // For Prometheus, all of the lab.
  std::string metrics_text() const;

  line::Lines lines;
  recording::Recorder recorder;
  recording::Runs runs;
  events::Feed feed{runs};
  metrics::Metrics metrics;
  OwnNames names;  // of the console

 private:
  void feed_on();
  void end_old(const std::string& lane, const std::string& client);
  void run_changed(const recording::RunRecord& run, bool dropped);

  Pages pages_;
  Workers workers_;
  std::vector<Lane> lanes_;
  std::uint16_t console_port_ = 0;
  net::EventLoop* loop_ = nullptr;
  line::Driver::Turn turn_;
  Cut cut_;
  std::optional<net::Watch> waker_;
  std::optional<net::Watch> feeder_;
  Instant feed_due_{};
  std::vector<std::uint64_t> to_wake_;
  TicketLimits tickets_;
};

}  // namespace muxlab::server::lab
