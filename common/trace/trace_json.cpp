#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "common/trace/export.h"
#include "common/trace/frame_record.h"
#include "common/trace/records.h"
#include "common/trace/waits.h"
#include "common/trace/window_replay.h"

namespace muxlab::trace {
namespace {

template <typename Item>
using ListOf = std::vector<Item> ConnectionTrace::*;
template <typename Item>
using TimeOf = Instant Item::*;

class TraceJson {
 public:
  explicit TraceJson(std::shared_ptr<const RunTrace> trace)
      : trace_(std::move(trace)),
        exchanges_(trace_->exchanges()),
        reports_(reports_of(*trace_, exchanges_)),
        ids_(exchanges_),
        waits_(*trace_) {}

  // One record.
  bool next(std::string& out);

 private:
  using Record = std::optional<Json>;  // none: the section has no more
  struct Section {
    std::string_view name;
    Record (TraceJson::*next)();
    bool is_list;
  };
  static const Section sections[8];

  // In place: what JSON converts to, an optional of itself among it, differs between its versions.
  static Record some(Json record) { return Record{std::in_place, std::move(record)}; }

  Record next_run() { return some(run_record(*trace_)); }
  Record next_connection();
  Record next_exchange();
  Record next_frame();
  Record next_segment();
  Record next_congestion();
  Record next_time() { return some(time_record(*trace_, waits_)); }
  Record next_cost() { return some(cost_record(*trace_)); }

  template <typename Item>
  const Item* next_of(ListOf<Item> list);
  template <typename Item>
  const Item* next_held(ListOf<Item> list, TimeOf<Item> time);
  const RunConnection& held() const { return trace_->connections[connection_]; }
  const ConnectionTrace& connection() const { return *held(); }
  Instant start() const { return trace_->run.start; }

  const std::shared_ptr<const RunTrace> trace_;
  const std::vector<RunExchange> exchanges_;
  const std::vector<const ClientReport*> reports_;
  const ExchangeIds ids_;
  RunWaits waits_;
  // Of the connection whose frames are written.
  std::optional<WindowReplay> windows_;
  std::unordered_set<std::uint32_t> others_;  // streams of other runs

  // Where the writing is: a section, and its next record.
  std::size_t section_ = 0;
  std::size_t written_ = 0;
  std::size_t connection_ = 0;
  std::size_t index_ = 0;
};

constexpr TraceJson::Section TraceJson::sections[8] = {
    {"run", &TraceJson::next_run, false},
    {"connections", &TraceJson::next_connection, true},
    {"exchanges", &TraceJson::next_exchange, true},
    {"frames", &TraceJson::next_frame, true},
    {"segments", &TraceJson::next_segment, true},
    {"congestion", &TraceJson::next_congestion, true},
    {"time", &TraceJson::next_time, false},
    {"cost", &TraceJson::next_cost, false},
};

bool TraceJson::next(std::string& out) {
  if (section_ == std::size(sections)) return false;
  const Section& section = sections[section_];
  if (written_ == 0) {
    out += section_ == 0 ? "{" : ",\n";
    out.append("\"").append(section.name).append(section.is_list ? "\":[" : "\":");
  }
  const Record record = (this->*section.next)();
  if (record) {
    if (section.is_list) out += written_ == 0 ? "\n" : ",\n";
    out += dumped(*record);
    ++written_;
    if (section.is_list) return true;
  }
  if (section.is_list) out += "]";
  ++section_;
  written_ = connection_ = index_ = 0;
  if (section_ == std::size(sections)) out += "}\n";
  return true;
}

TraceJson::Record TraceJson::next_connection() {
  if (connection_ == trace_->connections.size()) return std::nullopt;
  return some(connection_record(*trace_->connections[connection_++], start()));
}

TraceJson::Record TraceJson::next_exchange() {
  if (index_ == exchanges_.size()) return std::nullopt;
  const RunExchange which = exchanges_[index_];
  return some(exchange_record(*trace_, which, ids_, reports_[index_++],
                              waits_.on(which.connection).of(which.exchange)));
}

// The next of what each connection has a list of; null: all are done.
template <typename Item>
const Item* TraceJson::next_of(ListOf<Item> list) {
  while (connection_ < trace_->connections.size()) {
    const std::vector<Item>& items = connection().*list;
    if (index_ < items.size()) return &items[index_++];
    ++connection_;
    index_ = 0;
  }
  return nullptr;
}

// The same, without what belongs to other runs.
template <typename Item>
const Item* TraceJson::next_held(ListOf<Item> list, TimeOf<Item> time) {
  const Item* item = next_of(list);
  while (item != nullptr && !held().holds(item->*time)) item = next_of(list);
  return item;
}

// Windows follow from all frames, those of other runs too. What concerns the whole connection is
// every run's.
TraceJson::Record TraceJson::next_frame() {
  while (const Frame* const frame = next_of(&ConnectionTrace::frames)) {
    if (index_ == 1) {
      windows_.emplace(connection());
      others_ = streams_of_others(connection(), trace_->run.id);
    }
    const auto view = windows_->next();
    if (!held().holds(frame->written) || others_.contains(frame->stream)) continue;
    Json record = frame_record(connection(), *frame, start());
    if (view) record["detail"]["windows"] = windows_record(*view);
    return some(std::move(record));
  }
  windows_.reset();
  return std::nullopt;
}

TraceJson::Record TraceJson::next_segment() {
  const Segment* const segment = next_held(&ConnectionTrace::segments, &Segment::sent);
  if (segment == nullptr) return std::nullopt;
  return some(segment_record(connection(), *segment, start()));
}

TraceJson::Record TraceJson::next_congestion() {
  const CongestionState* const state =
      next_held(&ConnectionTrace::congestion, &CongestionState::at);
  if (state == nullptr) return std::nullopt;
  return some(congestion_record(connection(), *state, start()));
}

}  // namespace

Pieces trace_json(std::shared_ptr<const RunTrace> trace) {
  auto writer = std::make_shared<TraceJson>(std::move(trace));
  return [writer](std::string& out) { return writer->next(out); };
}

}  // namespace muxlab::trace
