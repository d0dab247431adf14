#include <algorithm>

#include "common/trace/spans.h"
#include "common/trace/waits.h"

namespace muxlab::trace {
namespace {

using Part = Duration TimeParts::*;

// Gives out time, each moment once: what is spent up to an instant is what was not spent before.
class Purse {
 public:
  Purse(TimeParts& parts, Instant from, Instant end) : parts_(parts), at_(from), end_(end) {}

  // No later than this goes out for now.
  void stop_at(Instant limit) { limit_ = std::min(limit, end_); }
  // Up to an instant: the time within the spans to one part, the rest to the other.
  void spend(Instant to, Part usual, const std::vector<Span>& spans, Part within) {
    for (const Span& span : spans) {
      spend(std::min(span.from, to), usual);
      spend(std::min(span.to, to), within);
    }
    spend(to, usual);
  }
  void spend(Instant to, Part part) {
    to = std::min(to, limit_);
    if (to <= at_) return;
    parts_.*part += to - at_;
    at_ = to;
  }
  void spend_rest(Part part) { spend(limit_, part); }

 private:
  TimeParts& parts_;
  Instant at_;
  const Instant end_;
  Instant limit_ = end_;
};

// How many exchanges a client may have on a connection at once.
std::size_t capacity_of(const ConnectionTrace& connection) {
  if (connection.protocol != Protocol::http2) return 1;
  constexpr std::uint16_t max_concurrent_streams = 0x3;  // RFC 9113 section 6.5.2
  std::size_t capacity = SIZE_MAX;
  const auto take = [&capacity](const std::vector<Setting>& settings) {
    for (const auto& [identifier, value] : settings) {
      if (identifier == max_concurrent_streams) capacity = value;
    }
  };
  if (connection.beginning) {
    take(connection.beginning->settings[static_cast<std::size_t>(Direction::down)]);
  }
  for (const Frame& frame : connection.frames) {
    const auto* detail = std::get_if<SettingsDetail>(&frame.detail);
    if (detail != nullptr && frame.direction == Direction::down) take(detail->settings);
  }
  return capacity;
}

Instant end_of(const ConnectionTrace& connection) {
  return connection.closed.value_or(Instant::max());
}

// When the client could first use it. In cleartext nobody says so: when it did.
Instant ready_at(const ConnectionTrace& connection) {
  if (connection.ready) return *connection.ready;
  Instant first = end_of(connection);
  for (const Exchange& exchange : connection.exchanges) {
    if (exchange.sent && !exchange.pushed) first = std::min(first, *exchange.sent);
  }
  return first;
}

// When one more exchange could have been put on the connection. A browser takes a moment to put the
// next on one that has become free: with six connections such moments would add up to most of a
// load, and are still waiting.
std::vector<Span> free_times(const ConnectionTrace& connection) {
  const std::size_t capacity = capacity_of(connection);
  std::vector<std::pair<Instant, int>> changes;
  for (const Exchange& exchange : connection.exchanges) {
    if (exchange.pushed || !exchange.sent) continue;
    changes.emplace_back(*exchange.sent, 1);
    if (exchange.last_byte_landed) changes.emplace_back(*exchange.last_byte_landed, -1);
  }
  std::sort(changes.begin(), changes.end());
  std::vector<Span> free;
  Instant from = ready_at(connection);
  std::size_t open = 0;
  for (const auto& [at, change] : changes) {
    if (open < capacity && at > from) free.push_back({from, at});
    // What is put together from a broken conversation may end before it began.
    open = change > 0 ? open + 1 : open - std::min<std::size_t>(open, 1);
    from = std::max(from, at);
  }
  if (open < capacity && end_of(connection) > from) free.push_back({from, end_of(connection)});
  if (capacity == 1) {
    std::erase_if(free, [](const Span& span) { return span.to - span.from < shortest_idle; });
  }
  return inside(united(std::move(free)), {Instant::min(), end_of(connection)});
}

// From its opening until its last answer was there, or the client could have used it.
Span life_of(const ConnectionTrace& connection) {
  Instant until = end_of(connection);
  for (const Exchange& exchange : connection.exchanges) {
    until = std::max(until, exchange.last_byte_landed.value_or(until));
  }
  return {connection.opened, std::max(connection.opened, until)};
}

// When nothing kept the client: a connection was free, or it had none, and did not open one.
std::vector<Span> unhindered(const RunTrace& trace, Instant end) {
  std::vector<Span> lives;
  std::vector<Span> free;
  for (const auto& connection : trace.connections) {
    lives.push_back(life_of(*connection));
    for (const Span& span : free_times(*connection)) free.push_back(span);
  }
  for (const Span& span : outside(united(std::move(lives)), {trace.run.start, end})) {
    free.push_back(span);
  }
  return united(std::move(free));
}

// One exchange on the path, and what was known of it.
struct Leg {
  RunExchange which;
  Instant discovered;
  std::optional<Instant> queued;
};

class Path {
 public:
  Path(const RunTrace& trace, RunWaits& waits, Instant end)
      : trace_(trace),
        waits_(waits),
        purse_(parts_, trace.run.start, end),
        unhindered_(unhindered(trace, end)) {}

  void follow(const Leg& leg, Instant until) {
    purse_.stop_at(until);
    const Exchange& exchange = trace_.at(leg.which);
    const ConnectionTrace& connection = *trace_.connections[leg.which.connection];
    purse_.spend(leg.discovered, &TimeParts::client);
    if (leg.queued) purse_.spend(*leg.queued, &TimeParts::client);
    if (exchange.sent) until_sent(connection, *exchange.sent);
    if (exchange.received && !exchange.pushed) {
      purse_.spend(*exchange.received, &TimeParts::request, stalls(connection, Direction::up),
                   &TimeParts::stalled_by_loss);
    }
    if (exchange.first_byte_written) until_written(leg.which, *exchange.first_byte_written);
    if (exchange.last_byte_landed) until_landed(leg.which, *exchange.last_byte_landed);
    purse_.spend_rest(&TimeParts::client);
  }

  TimeParts parts() const { return parts_; }

 private:
  void until_sent(const ConnectionTrace& connection, Instant sent) {
    const auto waited = [&](Instant to) {
      purse_.spend(to, &TimeParts::waiting_for_connection, unhindered_, &TimeParts::client);
    };
    waited(std::min(connection.opened, sent));
    purse_.spend(std::min(ready_at(connection), sent), &TimeParts::handshakes);
    waited(sent);
  }

  void until_written(RunExchange which, Instant written) {
    for (const Blocked& wait : waits_.on(which.connection).of(which.exchange)) {
      purse_.spend(std::min(wait.from, written), &TimeParts::server);
      const bool by_line = wait.by == Blocker::line;
      purse_.spend(std::min(wait.to, written),
                   by_line ? &TimeParts::download : &TimeParts::queueing);
    }
    purse_.spend(written, &TimeParts::server);
  }

  // Where nothing gets through to the client that is the reason, whatever the server could write.
  void until_landed(RunExchange which, Instant landed) {
    std::vector<Span> queued;
    for (const Blocked& wait : waits_.on(which.connection).of(which.exchange)) {
      if (wait.by != Blocker::line) queued.push_back({wait.from, wait.to});
    }
    const auto stalled = stalls(*trace_.connections[which.connection], Direction::down);
    for (const Span& stall : inside(stalled, {Instant::min(), landed})) {
      purse_.spend(stall.from, &TimeParts::download, queued, &TimeParts::queueing);
      purse_.spend(stall.to, &TimeParts::stalled_by_loss);
    }
    purse_.spend(landed, &TimeParts::download, queued, &TimeParts::queueing);
  }

  const RunTrace& trace_;
  RunWaits& waits_;
  TimeParts parts_;
  Purse purse_;
  const std::vector<Span> unhindered_;
};

// When it was known that the last exchange is needed: the client may say so. Else it is taken for
// discovered when the document was there, and no later than it was asked for.
Instant discovery_of(const RunTrace& trace, RunExchange last, RunExchange document,
                     const ClientReport* report) {
  const Exchange& exchange = trace.at(last);
  const Instant asked = exchange.sent.value_or(trace.run.start);
  const Instant there = trace.at(document).last_byte_landed.value_or(asked);
  return std::min(report == nullptr ? there : report->discovered, asked);
}

// Of those that had ended by then the one that ended last.
std::optional<std::size_t> last_ended(const RunTrace& trace,
                                      const std::vector<RunExchange>& exchanges, Instant by) {
  std::optional<std::size_t> last;
  for (std::size_t index = 0; index < exchanges.size(); ++index) {
    const Exchange& exchange = trace.at(exchanges[index]);
    if (!exchange.complete || !exchange.last_byte_landed || *exchange.last_byte_landed > by)
      continue;
    const bool later =
        !last || *exchange.last_byte_landed >= *trace.at(exchanges[*last]).last_byte_landed;
    if (later) last = index;
  }
  return last;
}

}  // namespace

std::optional<Duration> load_of(const RunTrace& trace) {
  const std::vector<RunExchange> exchanges = trace.exchanges();
  const auto last = last_ended(trace, exchanges, Instant::max());
  if (!last) return std::nullopt;
  return std::max(Duration{}, *trace.at(exchanges[*last]).last_byte_landed - trace.run.start);
}

std::optional<TimeParts> where_the_time_went(const RunTrace& trace) {
  RunWaits waits{trace};
  return where_the_time_went(trace, waits);
}

std::optional<TimeParts> where_the_time_went(const RunTrace& trace, RunWaits& waits) {
  const std::optional<Duration> load = trace.run.load ? trace.run.load : load_of(trace);
  if (!load) return std::nullopt;
  const Instant end = trace.run.start + *load;
  const std::vector<RunExchange> exchanges = trace.exchanges();
  const auto last = last_ended(trace, exchanges, end);
  if (!last) return std::nullopt;
  const std::vector<const ClientReport*> reports = reports_of(trace, exchanges);
  const auto queued = [&](std::size_t index) {
    return reports[index] == nullptr ? std::nullopt : reports[index]->queued;
  };

  Path path{trace, waits, end};
  Instant discovered = trace.run.start;
  if (*last != 0) {
    discovered = discovery_of(trace, exchanges[*last], exchanges[0], reports[*last]);
    path.follow({exchanges[0], trace.run.start, queued(0)}, discovered);
  }
  path.follow({exchanges[*last], discovered, queued(*last)}, end);
  return path.parts();
}

}  // namespace muxlab::trace
