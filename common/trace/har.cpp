#include <fmt/format.h>

#include <memory>

#include "common/trace/analysis.h"
#include "common/trace/export.h"
#include "common/trace/har_entry.h"

namespace muxlab::trace {
namespace {

class Har {
 public:
  explicit Har(std::shared_ptr<const RunTrace> trace)
      : trace_(std::move(trace)),
        exchanges_(trace_->exchanges()),
        reports_(reports_of(*trace_, exchanges_)),
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
  std::string beginning() const {
    const Run& run = trace_->run;
    const std::optional<Duration> load = run.load ? run.load : load_of(*trace_);
    const Json creator = {{"name", "muxlab"}, {"version", MUXLAB_VERSION}};
    const Json page = {{"startedDateTime", utc_text(run.started)},
                       {"id", har_page},
                       {"title", fmt::format("{} over {} (run {})", run.page, run.way, run.id)},
                       {"pageTimings",
                        {{"onContentLoad", -1},
                         {"onLoad", load ? Json(rounded_ms(*load)) : Json(-1)},
                         {"comment", "onLoad: the last byte of the last exchange has landed"}}}};
    return fmt::format(R"({{"log":{{"version":"1.2","creator":{},"pages":[{}],"entries":[)",
                       dumped(creator), dumped(page));
  }

  Json next_entry() {
    const RunExchange which = exchanges_[index_];
    std::unique_ptr<Messages>& messages = messages_[which.connection];
    if (!messages) messages = std::make_unique<Messages>(*trace_->connections[which.connection]);
    return har_entry(*trace_, which, *messages, reports_[index_++]);
  }

  const std::shared_ptr<const RunTrace> trace_;
  const std::vector<RunExchange> exchanges_;
  const std::vector<const ClientReport*> reports_;
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
