// When an exchange was, in the phases of a HAR: blocked, connect, send, wait, receive.
#pragma once

#include <chrono>
#include <optional>

#include "common/trace/json.h"
#include "common/trace/run_trace.h"

namespace muxlab::trace {

struct HarTimings {
  Instant from;     // the entry begins
  double total_ms;  // its parts add up to it
  Json parts;       // "timings"
};

// `report` may be null.
HarTimings har_timings(const RunTrace& trace, RunExchange which, const ClientReport* report);

// The exchange is the first of a connection that was opened in the run.
bool is_first_of_new_connection(const RunTrace& trace, RunExchange which);

std::chrono::system_clock::time_point wall_clock(const Run& run, Instant at);
// Milliseconds since 1970 with microsecond digits, as WebPageTest's additions to HAR have them.
double epoch_ms(const Run& run, Instant at);

}  // namespace muxlab::trace
