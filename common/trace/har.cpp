#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "common/trace/analysis.h"
#include "common/trace/client_ports.h"
#include "common/trace/export.h"
#include "common/trace/har_entry.h"

namespace muxlab::trace {
namespace {

// An exchange with its times.
struct Timed {
  RunExchange which;
  HarTimings timings;
};

// In the order in which they began.
std::vector<Timed> timed_exchanges(const RunTrace& trace) {
  const std::vector<RunExchange> exchanges = trace.exchanges();
  const std::vector<const ClientReport*> reports = reports_of(trace, exchanges);
  std::vector<Timed> all;
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    all.push_back({exchanges[i], har_timings(trace, exchanges[i], reports[i])});
  }
  std::stable_sort(all.begin(), all.end(), [](const Timed& one, const Timed& other) {
    return one.timings.from < other.timings.from;
  });
  return all;
}

class Har {
 public:
  explicit Har(std::shared_ptr<const RunTrace> trace)
      : trace_(std::move(trace)),
        exchanges_(timed_exchanges(*trace_)),
        ports_(client_ports(*trace_)),
        messages_(trace_->connections.size()) {}

  // What stands before the entries, one entry, or what stands behind them.
  bool next(std::string& out) {
    if (over_) return false;
    if (!begun_) {
      out += beginning();
      begun_ = true;
    } else if (index_ < exchanges_.size()) {
      out += index_ == 0 ? "\n" : ",\n";
      out += dumped(next_entry());
    } else {
      out += "]}}\n";
      over_ = true;
    }
    return true;
  }

 private:
  // A client may have learned of a resource before anything of the run was seen.
  Instant page_start() const {
    const Instant start = trace_->run.start;
    return exchanges_.empty() ? start : std::min(start, exchanges_.front().timings.from);
  }

  std::string beginning() const {
    const Run& run = trace_->run;
    const std::optional<Duration> load = run.load ? run.load : load_of(*trace_);
    const Json last = load ? Json(rounded_ms(run.start + *load - page_start())) : Json(nullptr);
    const Json creator = {{"name", "muxlab"}, {"version", MUXLAB_VERSION}};
    // Firefox draws a line for either event at each entry, and both are the browser's own.
    const Json page = {
        {"startedDateTime", utc_text(wall_clock(run, page_start()))},
        {"id", har_page},
        {"title", fmt::format("{} over {} (run {})", run.page, run.way, run.id)},
        {"pageTimings", {{"onContentLoad", -1}, {"onLoad", -1}, {"_lastByteLanded", last}}}};
    return fmt::format(R"({{"log":{{"version":"1.2","creator":{},"pages":[{}],"entries":[)",
                       dumped(creator), dumped(page));
  }

  Json next_entry() {
    const auto& [which, timings] = exchanges_[index_++];
    std::unique_ptr<Messages>& messages = messages_[which.connection];
    if (!messages) messages = std::make_unique<Messages>(*trace_->connections[which.connection]);
    return har_entry(*trace_, which, *messages, timings, ports_[which.connection]);
  }

  const std::shared_ptr<const RunTrace> trace_;
  const std::vector<Timed> exchanges_;
  const std::vector<std::uint16_t> ports_;           // of each connection
  std::vector<std::unique_ptr<Messages>> messages_;  // of each connection, once it is asked for
  std::size_t index_ = 0;
  bool begun_ = false;
  bool over_ = false;
};

}  // namespace

Pieces har(std::shared_ptr<const RunTrace> trace) {
  auto writer = std::make_shared<Har>(std::move(trace));
  return [writer](std::string& out) { return writer->next(out); };
}

}  // namespace muxlab::trace
