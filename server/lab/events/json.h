// What the feed says of one piece of news: a JSON object. Its times are milliseconds with
// microsecond digits, relative to the start of the connection's run or, outside a run, to the
// feed's own zero.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/trace/connection_trace.h"
#include "server/recording/runs.h"
#include "server/tap/tap.h"

namespace muxlab::server::lab::events {

// Whose news it is.
struct Place {
  const trace::ConnectionTrace& connection;
  std::string_view run;  // empty: none
  Instant start;
};

// Each needs an index that the trace has.
std::string frame_event(const Place& place, std::size_t index);
std::string landed_event(const Place& place, std::size_t index);
std::string exchange_event(const Place& place, std::size_t index);
std::string segment_event(const Place& place, std::size_t index);
// opened, secured, closed or gave_up.
std::string connection_event(const Place& place, tap::News::What what);

std::string run_event(const recording::RunRecord& run, bool dropped);
std::string lost_event(std::uint64_t events);

}  // namespace muxlab::server::lab::events
