#include "common/trace/run_trace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

namespace muxlab::trace {
namespace {

// Of what was pushed on a connection: the stream that it was promised on.
std::map<std::uint32_t, std::uint32_t> promises_on(const ConnectionTrace& connection) {
  std::map<std::uint32_t, std::uint32_t> promised_by;
  for (const Frame& frame : connection.frames) {
    if (frame.type != FrameType::push_promise) continue;
    const auto* promise = std::get_if<HeadersDetail>(&frame.detail);
    if (promise != nullptr) promised_by[promise->promised_stream] = frame.stream;
  }
  return promised_by;
}

// Which of a connection's exchanges belong to a run. Promises follow their parents, so one pass in
// order finds those that were pushed.
std::vector<std::size_t> exchanges_below(const ConnectionTrace& connection,
                                         std::string_view prefix) {
  const auto promised_by = promises_on(connection);
  std::vector<std::size_t> found;
  std::vector<std::uint32_t> streams;  // of those found
  for (std::size_t index = 0; index < connection.exchanges.size(); ++index) {
    const Exchange& exchange = connection.exchanges[index];
    const auto promise = exchange.pushed ? promised_by.find(exchange.stream) : promised_by.end();
    const bool pushed_by_one =
        promise != promised_by.end() &&
        std::find(streams.begin(), streams.end(), promise->second) != streams.end();
    if (!exchange.path.starts_with(prefix) && !pushed_by_one) continue;
    found.push_back(index);
    streams.push_back(exchange.stream);
  }
  return found;
}

}  // namespace

std::string path_prefix(std::string_view run_id) {
  return "/r/" + std::string{run_id} + "/";
}

std::vector<RunExchange> RunTrace::exchanges() const {
  const std::string prefix = run.id.empty() ? "" : path_prefix(run.id);
  std::vector<RunExchange> all;
  for (std::size_t index = 0; index < connections.size(); ++index) {
    for (const std::size_t exchange : exchanges_below(*connections[index], prefix)) {
      all.push_back({index, exchange});
    }
  }
  // What was not received whole comes last.
  const auto received = [this](RunExchange which) {
    return at(which).received.value_or(Instant::max());
  };
  std::stable_sort(all.begin(), all.end(), [&](RunExchange one, RunExchange other) {
    return received(one) < received(other);
  });
  return all;
}

std::vector<const ClientReport*> reports_of(const RunTrace& trace,
                                            const std::vector<RunExchange>& exchanges) {
  std::map<std::string_view, std::deque<const ClientReport*>> by_path;
  for (const ClientReport& report : trace.run.reports) by_path[report.path].push_back(&report);
  std::vector<const ClientReport*> found;
  for (const RunExchange& which : exchanges) {
    auto& left = by_path[trace.at(which).path];
    found.push_back(left.empty() ? nullptr : left.front());
    if (!left.empty()) left.pop_front();
  }
  return found;
}

}  // namespace muxlab::trace
