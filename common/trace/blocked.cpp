#include <algorithm>

#include "common/trace/spans.h"
#include "common/trace/urgency.h"
#include "common/trace/waits.h"

namespace muxlab::trace {
namespace {

// When the server could have written first, to when it had written all.
Span time_at_server(const ConnectionTrace& connection, const std::vector<Turn>& turns,
                    const Exchange& exchange) {
  const std::optional<Instant> due = exchange.pushed ? exchange.sent : exchange.received;
  if (!due) return {};
  if (exchange.last_byte_written) return {*due, *exchange.last_byte_written};
  if (exchange.error) return {};
  // It goes on: as far as anything is known.
  const Instant known = turns.empty() ? *due : turns.back().until;
  return {*due, connection.closed.value_or(known)};
}

// Puts together what follows upon one another and has the same reason.
class Reasons {
 public:
  Reasons(const std::vector<int>& urgencies, std::size_t exchange)
      : urgencies_(urgencies), own_(exchange), written_(urgencies.size()) {}

  void flow_control(Span span) { add(Blocker::flow_control, span); }
  void turn(const Turn& turn, Span span) {
    const bool of_another = turn.exchange && *turn.exchange != own_;
    if (!of_another) return add(Blocker::line, span);
    const bool urgent = urgencies_[*turn.exchange] < urgencies_[own_];
    add(urgent ? Blocker::priority : Blocker::connection, span);
    if (written_[*turn.exchange] == 0) others_.push_back(*turn.exchange);
    written_[*turn.exchange] += turn.bytes;
  }
  std::vector<Blocked> take() {
    finish();
    return std::move(all_);
  }

 private:
  void add(Blocker by, Span span) {
    if (!all_.empty() && !finished_ && all_.back().by == by && all_.back().to == span.from) {
      all_.back().to = span.to;
      return;
    }
    finish();
    all_.push_back({by, std::nullopt, span.from, span.to});
    finished_ = false;
  }
  void finish() {
    if (finished_) return;
    finished_ = true;
    const auto most = std::max_element(
        others_.begin(), others_.end(),
        [this](std::size_t one, std::size_t other) { return written_[one] < written_[other]; });
    if (most != others_.end()) all_.back().exchange = *most;
    for (const std::size_t other : others_) written_[other] = 0;
    others_.clear();
    if (all_.back().to - all_.back().from < shortest_wait) all_.pop_back();
  }

  const std::vector<int>& urgencies_;
  const std::size_t own_;
  std::vector<Blocked> all_;
  std::vector<std::uint64_t> written_;  // meanwhile, by each other exchange
  std::vector<std::size_t> others_;     // that have written
  bool finished_ = true;
};

// Goes through the turns within a span. Where a window is used up that is the reason, whoever's
// turn it was: it could not have gone.
void add_all(const std::vector<Turn>& turns, Span all, const std::vector<Span>& held,
             Reasons& reasons) {
  auto next_held = held.begin();
  auto turn = turns.begin();
  for (Instant now = all.from; now < all.to;) {
    if (next_held != held.end() && next_held->from <= now) {
      reasons.flow_control(*next_held);
      now = next_held++->to;
      continue;
    }
    const Instant stop = next_held == held.end() ? all.to : next_held->from;
    turn = std::partition_point(turn, turns.end(),
                                [now](const Turn& each) { return each.until <= now; });
    for (; turn != turns.end() && turn->from < stop; ++turn) {
      const Span span{std::max(turn->from, now), std::min(turn->until, stop)};
      if (span.to > span.from) reasons.turn(*turn, span);
      if (turn->until > stop) break;  // and goes on behind
    }
    now = stop;
  }
}

}  // namespace

std::string_view name_of(Blocker by) {
  switch (by) {
    case Blocker::connection:
      return "connection";
    case Blocker::priority:
      return "priority";
    case Blocker::flow_control:
      return "flow_control";
    case Blocker::line:
      return "line";
  }
  return "";
}

Waits::Waits(const ConnectionTrace& connection)
    : connection_(connection), turns_(turns_of(connection)) {
  for (const Exchange& exchange : connection.exchanges) {
    urgencies_.push_back(urgency_of(exchange.priority));
  }
  watch_windows();
}

const Waits& RunWaits::on(std::size_t connection) {
  std::unique_ptr<Waits>& waits = waits_[connection];
  if (!waits) waits = std::make_unique<Waits>(*trace_.connections[connection]);
  return *waits;
}

void Waits::watch_windows() {
  FlowWindows windows;
  if (connection_.beginning) {
    windows = connection_.beginning->windows;
    note(of_connection_, windows.connection(Direction::down), connection_.beginning->at);
  }
  for (const Frame& frame : connection_.frames) {
    windows.apply(frame);
    const Instant at =
        frame.direction == Direction::down ? frame.written : frame.landed.value_or(frame.written);
    const bool of_connection =
        frame.type == FrameType::data || frame.type == FrameType::window_update;
    if (of_connection) note(of_connection_, windows.connection(Direction::down), at);
    if (frame.stream != 0 && (of_connection || frame.type == FrameType::headers)) {
      note(of_stream_[frame.stream], windows.stream(Direction::down, frame.stream), at);
    }
    if (!initial_window_in(frame)) continue;
    for (auto& [stream, used_up] : of_stream_) {
      note(used_up, windows.stream(Direction::down, stream), at);
    }
  }
}

void Waits::note(UsedUp& used_up, std::int64_t window, Instant at) {
  const bool open = !used_up.empty() && used_up.back().to == Instant::max();
  if (window <= 0 && !open) used_up.push_back({at, Instant::max()});
  if (window > 0 && open) used_up.back().to = at;
}

// Only what comes after the head: that needs no window.
std::vector<Span> Waits::held_by_windows(const Exchange& exchange, Span all) const {
  if (!exchange.first_byte_written) return {};
  all.from = std::max(all.from, *exchange.first_byte_written);
  if (all.from >= all.to) return {};
  std::vector<Span> held = inside(of_connection_, all);
  if (const auto found = of_stream_.find(exchange.stream); found != of_stream_.end()) {
    for (const Span& span : inside(found->second, all)) held.push_back(span);
  }
  return united(std::move(held));
}

std::vector<Blocked> Waits::of(std::size_t exchange) const {
  const Span all = time_at_server(connection_, turns_, connection_.exchanges[exchange]);
  Reasons reasons{urgencies_, exchange};
  add_all(turns_, all, held_by_windows(connection_.exchanges[exchange], all), reasons);
  return reasons.take();
}

std::vector<std::vector<Blocked>> blocked(const ConnectionTrace& connection) {
  const Waits waits{connection};
  std::vector<std::vector<Blocked>> all;
  for (std::size_t index = 0; index < connection.exchanges.size(); ++index) {
    all.push_back(waits.of(index));
  }
  return all;
}

}  // namespace muxlab::trace
