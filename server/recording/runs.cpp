#include "server/recording/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/trace/analysis.h"
#include "server/site/site_path.h"

namespace muxlab::server::recording {
namespace {

constexpr int id_base = 36;

std::string in_base_36(std::uint64_t number) {
  std::array<char, 16> room;
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number, id_base);
  return {room.data(), end};
}

// The run that a path names; empty: none.
std::string_view run_in(std::string_view path) {
  const std::string_view prefix = site::split_run_prefix(path).prefix;
  return prefix.substr(std::min(prefix.size(), std::string_view{"/r/"}.size()));
}

}  // namespace

std::string_view name_of(RunState state) {
  switch (state) {
    case RunState::waiting:
      return "waiting";
    case RunState::running:
      return "running";
    case RunState::ended:
      return "ended";
  }
  return {};
}

// Two digits of base 36: the chance that a browser has cached another start's run is one in 1296.
Runs::Runs(std::uint32_t seed)
    : prefix_(in_base_36(id_base + seed % (id_base * id_base - id_base))) {}

const RunRecord& Runs::begin(RunWish wish, Instant now,
                             std::chrono::system_clock::time_point wall) {
  auto run = std::make_unique<RunRecord>();
  run->facts.id = prefix_ + in_base_36(++begun_);
  run->facts.page = wish.page;
  run->facts.way = wish.way;
  run->facts.lane = wish.lane;
  run->facts.line_json = wish.line_json;
  run->facts.warm = wish.warm;
  run->facts.started = wall;
  run->facts.start = now;
  run->wish = std::move(wish);
  run->created = run->last_activity = now;
  runs_.push_back(std::move(run));
  if (runs_.size() > most_runs) drop_oldest();
  tell(*runs_.back());
  return *runs_.back();
}

RunRecord* Runs::look_up(std::string_view id) {
  const auto found = std::find_if(runs_.begin(), runs_.end(),
                                  [id](const auto& run) { return run->facts.id == id; });
  return found == runs_.end() ? nullptr : found->get();
}

const RunRecord* Runs::find(std::string_view id) const {
  return const_cast<Runs*>(this)->look_up(id);
}

bool Runs::was_dropped(std::string_view id) const {
  if (!id.starts_with(prefix_) || find(id) != nullptr) return false;
  id.remove_prefix(prefix_.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number, id_base);
  return error == std::errc{} && end == id.data() + id.size() && number >= 1 && number <= begun_;
}

bool Runs::end(std::string_view id, Instant now) {
  RunRecord* const run = look_up(id);
  if (run == nullptr) return false;
  finish(*run, now);
  return true;
}

bool Runs::remove(std::string_view id) {
  const auto found = std::find_if(runs_.begin(), runs_.end(),
                                  [id](const auto& run) { return run->facts.id == id; });
  if (found == runs_.end()) return false;
  std::erase_if(by_connection_,
                [run = found->get()](const auto& each) { return each.second == run; });
  tell(**found, true);
  runs_.erase(found);
  return true;
}

void Runs::drop_oldest() {
  ++dropped_;
  remove(std::string{runs_.front()->facts.id});
}

void Runs::report(std::string_view id, std::vector<trace::ClientReport> reports) {
  RunRecord* const run = look_up(id);
  if (run == nullptr || reports.empty()) return;
  // The client's clock is not ours: its first request is where both meet.
  const auto seen = trace(*run);
  const auto exchanges = seen->exchanges();
  if (exchanges.empty() || !seen->at(exchanges.front()).sent) return;
  const trace::ClientReport& first = reports.front();
  const Duration shift = *seen->at(exchanges.front()).sent - first.sent.value_or(first.discovered);
  for (trace::ClientReport& each : reports) {
    each.discovered += shift;
    if (each.queued) *each.queued += shift;
    if (each.sent) *each.sent += shift;
  }
  run->facts.reports = std::move(reports);
}

void Runs::lateness(std::string_view id, Duration p50, Duration p99, bool valid) {
  RunRecord* const run = look_up(id);
  if (run == nullptr) return;
  run->facts.lateness_p50 = p50;
  run->facts.lateness_p99 = p99;
  run->facts.valid = run->facts.valid && valid;
}

void Runs::heard(const SharedTrace& trace, tap::News news) {
  using What = tap::News::What;
  if (news.what == What::request) {
    const trace::Exchange& exchange = *news.exchange;
    RunRecord* const run = look_up(run_in(exchange.path));
    if (run == nullptr || run->state == RunState::ended) return;
    attach(*run, trace, exchange);
    ++run->open_exchanges;
    run->last_activity = exchange.received.value_or(run->last_activity);
    return;
  }
  if (news.what == What::exchange_over) {
    const trace::Exchange& exchange = *news.exchange;
    RunRecord* const run = look_up(run_in(exchange.path));
    if (run == nullptr || run->open_exchanges == 0) return;
    --run->open_exchanges;
    ++run->complete_exchanges;
    run->last_activity = exchange.last_byte_landed.value_or(run->last_activity);
    return;
  }
  if (news.what != What::closed) return;
  const auto found = by_connection_.find(trace->facts.id);
  if (found == by_connection_.end()) return;
  RunRecord& run = *found->second;
  run.open_exchanges = 0;  // what is cut short comes to no end
  for (const SharedTrace& each : run.connections) {
    if (each != trace && !each->closed) {
      for (const trace::Exchange& exchange : each->exchanges) {
        const bool theirs = run_in(exchange.path) == run.facts.id;
        if (theirs && !exchange.last_byte_landed && !exchange.error) ++run.open_exchanges;
      }
    }
  }
}

void Runs::attach(RunRecord& run, const SharedTrace& trace, const trace::Exchange& first) {
  RunRecord*& latest = by_connection_[trace->facts.id];
  RunRecord* const before = std::exchange(latest, &run);
  if (before != nullptr && before != &run) {
    const Instant change = first.sent.value_or(run.created);
    before->facts.until = change;
    run.facts.from = change;
  }
  if (std::find(run.connections.begin(), run.connections.end(), trace) != run.connections.end()) {
    return;
  }
  run.connections.push_back(trace);
  if (run.state != RunState::waiting) return;
  run.state = RunState::running;
  // A connection that was opened for the run began it; on one from before, the first request did.
  const bool opened_for_it = trace->opened >= run.created;
  run.facts.start = opened_for_it ? trace->opened : first.sent.value_or(run.created);
  run.facts.started += std::chrono::duration_cast<std::chrono::system_clock::duration>(
      run.facts.start - run.created);
  tell(run);
}

const RunRecord* Runs::run_of(std::uint64_t connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? nullptr : found->second;
}

void Runs::finish(RunRecord& run, Instant now) {
  if (run.state == RunState::ended) return;
  run.state = RunState::ended;
  run.facts.ended = now;
  tell(run);
}

void Runs::advance(Instant now) {
  for (const auto& run : runs_) {
    if (run->state == RunState::ended) continue;
    const bool loaded = run->complete_exchanges > 0 && run->open_exchanges == 0;
    const bool quiet = loaded && now >= run->last_activity + run_quiet_time;
    if (quiet || now >= run->created + longest_run) finish(*run, now);
  }
  while (!runs_.empty() && recorded_bytes() > most_recorded_bytes) drop_oldest();
}

std::size_t Runs::recorded_bytes() const {
  std::size_t bytes = 0;
  for (const auto& run : runs_) {
    for (const SharedTrace& each : run->connections) bytes += each->held_bytes;
  }
  return bytes;
}

std::shared_ptr<const trace::RunTrace> Runs::trace(const RunRecord& run) const {
  auto made = std::make_shared<trace::RunTrace>();
  made->run = run.facts;
  made->connections = run.connections;
  std::stable_sort(
      made->connections.begin(), made->connections.end(),
      [](const SharedTrace& a, const SharedTrace& b) { return a->opened < b->opened; });
  made->run.load = trace::load_of(*made);
  for (const SharedTrace& each : made->connections) made->run.dropped += each->dropped;
  if (made->run.dropped > 0) made->run.valid = false;
  return made;
}

void Runs::tell(const RunRecord& run, bool dropped) const {
  if (changed_) changed_(run, dropped);
}

}  // namespace muxlab::server::recording
