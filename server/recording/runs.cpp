#include "server/recording/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/trace/analysis.h"
#include "common/trace/export.h"
#include "server/line/lateness.h"

namespace muxlab::server::recording {
namespace {

constexpr int id_base = 36;

std::string in_base_36(std::uint64_t number) {
  std::array<char, 16> room;
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number, id_base);
  return {room.data(), end};
}

// It was not all written, or not all of it can have come to the client. What the server wrote to
// its end and then closed regularly is still under way.
bool was_cut(const trace::ConnectionTrace& trace, const trace::Exchange& exchange) {
  if (!exchange.complete) return true;
  const bool regular = trace.closed_by == EndedBy::server && trace.closed_why.empty();
  return !exchange.last_byte_landed && !regular;
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
  tell(**found, true);
  runs_.erase(found);
  return true;
}

void Runs::drop_oldest() {
  ++dropped_;
  remove(std::string{runs_.front()->facts.id});
}

// The client's clock is not ours. Both meet where it began to send the first request that it tells
// of, in the order in which these came to us.
void Runs::report(std::string_view id, std::vector<trace::ClientReport> reports) {
  RunRecord* const run = look_up(id);
  if (run == nullptr || reports.empty()) return;
  const auto seen = trace(*run);
  for (const trace::RunExchange which : seen->exchanges()) {
    const trace::Exchange& exchange = seen->at(which);
    const auto same = std::find_if(reports.begin(), reports.end(), [&](const auto& report) {
      return report.path == exchange.path;
    });
    if (same == reports.end() || !exchange.sent || exchange.pushed) continue;
    const Duration shift = *exchange.sent - same->sent.value_or(same->discovered);
    for (trace::ClientReport& each : reports) {
      each.discovered += shift;
      if (each.queued) *each.queued += shift;
      if (each.sent) *each.sent += shift;
    }
    run->facts.reports = std::move(reports);
    return;
  }
}

void Runs::lateness(std::string_view id, Duration p50, Duration p99) {
  RunRecord* const run = look_up(id);
  if (run == nullptr) return;
  run->facts.lateness_p50 = p50;
  run->facts.lateness_p99 = p99;
}

// --- Who is in whose way

const RunRecord* Runs::running(std::string_view client, std::string_view lane) const {
  const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const auto& run) {
    return run->state == RunState::running && run->wish.client == client && run->wish.lane == lane;
  });
  return found == runs_.end() ? nullptr : found->get();
}

Duration Runs::time_left(const RunRecord& run, Instant now) {
  if (!run.open_exchanges.empty()) return run_quiet_time;
  return std::max(run.last_activity + run_quiet_time - now, Duration{});
}

void Runs::replace_waiting(std::string_view client, std::string_view lane, Instant now) {
  for (const auto& run : runs_) {
    const bool there = run->wish.client == client && run->wish.lane == lane;
    if (run->state != RunState::waiting || !there) continue;
    invalidate(*run, "Another run was begun cold on the lane before this one was loaded.");
    finish(*run, now);
  }
}

void Runs::line_changed(std::string_view client, std::string_view lane) {
  for (const auto& run : runs_) {
    const bool there = run->wish.client == client && run->wish.lane == lane;
    if (run->state == RunState::ended || !there) continue;
    invalidate(*run, "The line was changed after the run was begun.");
  }
}

void Runs::invalidate(RunRecord& run, std::string why) {
  std::vector<std::string>& reasons = run.facts.invalid_because;
  if (std::find(reasons.begin(), reasons.end(), why) == reasons.end()) {
    reasons.push_back(std::move(why));
  }
}

// --- What happens on the connections

RunRecord* Runs::owner_of(const trace::ConnectionTrace& trace, const trace::Exchange& exchange) {
  return look_up(trace::owner_of(trace, exchange));
}

bool Runs::begins_chapter(const trace::ConnectionTrace& trace, std::string_view path) const {
  const RunRecord* const run = find(trace::run_in(path));
  if (run == nullptr || run->state == RunState::ended || run->is_on(trace)) return false;
  return std::none_of(runs_.begin(), runs_.end(), [&trace](const auto& each) {
    return each->state != RunState::ended && each->is_on(trace);
  });
}

void Runs::heard(const SharedTrace& trace, tap::News news) {
  using What = tap::News::What;
  if (news.what == What::closed) return connection_closed(*trace);
  if (news.what != What::request && news.what != What::exchange_over) return;
  const trace::Exchange& exchange = *news.exchange;
  RunRecord* const run = owner_of(*trace, exchange);
  if (run == nullptr || run->state == RunState::ended) return;
  if (news.what == What::exchange_over) return exchange_over(*run, *trace, exchange);
  attach(*run, trace, exchange);
  run->open_exchanges.emplace(trace->facts.id, exchange.nth);
  run->last_activity = exchange.received.value_or(run->last_activity);
}

void Runs::exchange_over(RunRecord& run, const trace::ConnectionTrace& trace,
                         const trace::Exchange& exchange) {
  if (run.open_exchanges.erase({trace.facts.id, exchange.nth}) == 0) return;
  run.last_activity = exchange.last_byte_landed.value_or(run.last_activity);
  // A client may well refuse what it has already.
  if (!exchange.complete && !exchange.pushed) {
    invalidate(run,
               fmt::format("The exchange of {} was reset before it was complete.", exchange.path));
  }
}

void Runs::connection_closed(const trace::ConnectionTrace& trace) {
  for (const auto& run : runs_) {
    if (run->state == RunState::ended || !run->is_on(trace)) continue;
    std::size_t cut = 0;
    for (const trace::Exchange& exchange : trace.exchanges) {
      const bool was_open = run->open_exchanges.erase({trace.facts.id, exchange.nth}) > 0;
      if (was_open && was_cut(trace, exchange)) ++cut;
    }
    cut += std::erase_if(run->open_exchanges,  // those that memory had no room for
                         [&](const auto& each) { return each.first == trace.facts.id; });
    if (cut == 0) continue;
    run->last_activity = std::max(run->last_activity, trace.closed.value_or(run->last_activity));
    invalidate(*run, fmt::format("Connection {} ended before {} of its exchanges had.",
                                 trace::connection_name(trace), cut));
  }
}

void Runs::attach(RunRecord& run, const SharedTrace& trace, const trace::Exchange& first) {
  if (run.is_on(*trace)) return;
  const Instant sent = first.sent.value_or(run.created);
  // Whoever asks first has opened the connection; others find it.
  const bool opened_it = first.nth == 1;
  run.connections.push_back({trace, opened_it ? std::nullopt : std::optional{sent}});
  if (run.state != RunState::waiting) return;
  run.state = RunState::running;
  run.facts.start = opened_it && trace->opened >= run.created ? trace->opened : sent;
  run.facts.started += std::chrono::duration_cast<std::chrono::system_clock::duration>(
      run.facts.start - run.created);
  tell(run);
}

bool RunRecord::is_on(const trace::ConnectionTrace& trace) const {
  return std::any_of(connections.begin(), connections.end(),
                     [&trace](const auto& each) { return each.trace.get() == &trace; });
}

const RunRecord* Runs::run_of(const trace::ConnectionTrace& trace, std::uint32_t stream) const {
  const auto& all = trace.exchanges;
  const auto exchange =
      std::find_if(all.rbegin(), all.rend(),
                   [stream](const trace::Exchange& each) { return each.stream == stream; });
  if (stream != 0 && exchange != all.rend()) {
    const RunRecord* const owner = find(trace::owner_of(trace, *exchange));
    if (owner != nullptr && owner->is_on(trace)) return owner;
  }
  const auto latest = std::find_if(runs_.rbegin(), runs_.rend(),
                                   [&trace](const auto& run) { return run->is_on(trace); });
  return latest == runs_.rend() ? nullptr : latest->get();
}

// --- The end

void Runs::finish(RunRecord& run, Instant now) {
  if (run.state == RunState::ended) return;
  run.state = RunState::ended;
  run.facts.ended = now;
  tell(run);
}

void Runs::advance(Instant now) {
  for (const auto& run : runs_) {
    if (run->state == RunState::ended) continue;
    const bool loaded = run->state == RunState::running && run->open_exchanges.empty();
    const bool quiet = loaded && now >= run->last_activity + run_quiet_time;
    const bool too_long = now >= run->created + longest_run;
    if (too_long && !run->open_exchanges.empty()) {
      invalidate(*run, "After two minutes not all of its exchanges were complete.");
    }
    if (quiet || too_long) finish(*run, now);
  }
  while (!runs_.empty() && recorded_bytes() > most_recorded_bytes) drop_oldest();
}

// What several runs hold is there once.
std::size_t Runs::recorded_bytes() const {
  std::set<const trace::ConnectionTrace*> counted;
  std::size_t bytes = 0;
  for (const auto& run : runs_) {
    for (const trace::RunConnection& each : run->connections) {
      if (counted.insert(each.trace.get()).second) bytes += each->held_bytes;
    }
  }
  return bytes;
}

bool Runs::is_shared(const RunRecord& run, const trace::ConnectionTrace& trace) const {
  return std::any_of(runs_.begin(), runs_.end(),
                     [&](const auto& each) { return each.get() != &run && each->is_on(trace); });
}

std::shared_ptr<const trace::RunTrace> Runs::trace(const RunRecord& run) const {
  auto made = std::make_shared<trace::RunTrace>();
  made->run = run.facts;
  made->connections = run.connections;
  for (trace::RunConnection& each : made->connections) {
    if (is_shared(run, *each)) each.until = run.facts.ended;
  }
  std::stable_sort(made->connections.begin(), made->connections.end(),
                   [](const trace::RunConnection& one, const trace::RunConnection& other) {
                     return one->opened < other->opened;
                   });
  made->run.load = trace::load_of(*made);
  judge(made->run, made->connections);
  return made;
}

// What shows only in the whole.
void Runs::judge(trace::Run& run, const std::vector<trace::RunConnection>& connections) {
  std::vector<std::string>& reasons = run.invalid_because;
  for (const trace::RunConnection& each : connections) {
    run.dropped += each->dropped;
    if (each->trouble.empty()) continue;
    reasons.push_back(fmt::format("Connection {} could not be decoded: {}",
                                  trace::connection_name(*each), each->trouble));
  }
  if (run.dropped > 0) {
    reasons.push_back(fmt::format(
        "Memory is bounded: {} frames, segments or pieces of content were not kept.", run.dropped));
  }
  const Duration late = run.lateness_p99.value_or(Duration{});
  if (!line::is_too_late(late, run.load.value_or(Duration{}))) return;
  reasons.push_back(fmt::format("The line ran {:.1f} ms late: the machine had other things to do.",
                                std::chrono::duration<double, std::milli>{late}.count()));
}

void Runs::tell(const RunRecord& run, bool dropped) const {
  if (changed_) changed_(run, dropped);
}

}  // namespace muxlab::server::recording
