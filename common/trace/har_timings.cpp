#include "common/trace/har_timings.h"

#include <algorithm>
#include <cmath>

#include "common/trace/analysis.h"

namespace muxlab::trace {
namespace {

constexpr double does_not_apply = -1;

// Goes from instant to instant and says how long each step took, in whole microseconds, so that the
// steps add up to the whole as written.
class Steps {
 public:
  explicit Steps(Instant from) : at_(from) {}
  // An instant that is not known or was before takes no time.
  double to(std::optional<Instant> next) {
    if (!next || *next <= at_) return 0;
    const std::int64_t took = std::llround(static_cast<double>((*next - at_).count()) / 1e3);
    at_ = *next;
    total_ += took;
    return static_cast<double>(took) / 1e3;
  }
  double total_ms() const { return static_cast<double>(total_) / 1e3; }

 private:
  Instant at_;
  std::int64_t total_ = 0;
};

// The client knows a pushed one from its promise on.
HarTimings pushed_timings(const Exchange& exchange, Instant start) {
  const Instant from = exchange.received.value_or(exchange.sent.value_or(start));
  Steps steps{from};
  const double wait = steps.to(exchange.first_byte_landed);
  const double receive = steps.to(exchange.last_byte_landed);
  return {from,
          steps.total_ms(),
          {{"blocked", does_not_apply},
           {"dns", does_not_apply},
           {"connect", does_not_apply},
           {"ssl", does_not_apply},
           {"send", 0.0},
           {"wait", wait},
           {"receive", receive}}};
}

// The request's first byte. What a client writes before it is connected leaves it then.
Instant sent_at(const RunTrace& trace, RunExchange which) {
  const Instant sent = trace.at(which).sent.value_or(trace.run.start);
  return std::max(sent, trace.connections[which.connection]->established().value_or(sent));
}

// From when on the client could send its first request.
Instant ready_at(const ConnectionTrace& connection) {
  return connection.ready.value_or(connection.established().value_or(connection.opened));
}

// The handshake that an exchange waited for. None: its connection was there already, or had been
// opened before anything was there to be sent on it, as browsers do.
std::optional<Span> awaited_handshake(const RunTrace& trace, RunExchange which,
                                      const ClientReport* report) {
  const ConnectionTrace& connection = *trace.connections[which.connection];
  const Instant sent = sent_at(trace, which);
  if (!is_first_of_new_connection(trace, which) || connection.opened >= sent) return std::nullopt;
  const Instant ready = std::min(ready_at(connection), sent);
  const bool was_ready =
      report == nullptr ? sent - ready >= shortest_idle : report->discovered >= ready;
  if (was_ready) return std::nullopt;
  const Instant from =
      report == nullptr ? connection.opened : std::max(connection.opened, report->discovered);
  return Span{from, ready};
}

// TLS's part of a handshake; what TCP took is known on a line only.
Json tls_part(const ConnectionTrace& connection, const Span& handshake, double connect_ms) {
  const std::optional<Instant> established = connection.established();
  if (!connection.ready || !established) return does_not_apply;
  Steps steps{std::max(*established, handshake.from)};
  return std::min(steps.to(handshake.to), connect_ms);
}

}  // namespace

bool is_first_of_new_connection(const RunTrace& trace, RunExchange which) {
  return trace.at(which).nth == 1 && trace.connections[which.connection]->opened >= trace.run.start;
}

HarTimings har_timings(const RunTrace& trace, RunExchange which, const ClientReport* report) {
  const ConnectionTrace& connection = *trace.connections[which.connection];
  const Exchange& exchange = trace.at(which);
  if (exchange.pushed) return pushed_timings(exchange, trace.run.start);
  const Instant sent = sent_at(trace, which);
  const std::optional<Span> handshake = awaited_handshake(trace, which, report);
  const Instant begins = handshake ? handshake->from : sent;
  const Instant from = report == nullptr ? begins : std::min(report->discovered, begins);
  Steps steps{from};
  const double blocked = steps.to(begins);
  const double connect = handshake ? steps.to(handshake->to) : does_not_apply;
  const Json ssl = handshake ? tls_part(connection, *handshake, connect) : Json(does_not_apply);
  // What a client takes from the end of the handshake to its first byte counts here, as in the HARs
  // of Chrome: there is no other place behind `connect`.
  const double send = steps.to(exchange.received);
  const double wait = steps.to(exchange.first_byte_landed);
  const double receive = steps.to(exchange.last_byte_landed);
  HarTimings timings{from,
                     steps.total_ms(),
                     {{"blocked", report == nullptr ? does_not_apply : blocked},
                      {"dns", does_not_apply},
                      {"connect", connect},
                      {"ssl", ssl},
                      {"send", send},
                      {"wait", wait},
                      {"receive", receive}}};
  // The client's own hesitation, before it would have sent the request.
  if (report != nullptr && report->queued) {
    timings.parts["_blocked_queueing"] = std::min(Steps{from}.to(*report->queued), blocked);
  }
  return timings;
}

std::chrono::system_clock::time_point wall_clock(const Run& run, Instant at) {
  return run.started +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(at - run.start);
}

double epoch_ms(const Run& run, Instant at) {
  const auto since_1970 = wall_clock(run, at).time_since_epoch();
  const auto microseconds = std::chrono::round<std::chrono::microseconds>(since_1970);
  return static_cast<double>(microseconds.count()) / 1e3;
}

}  // namespace muxlab::trace
