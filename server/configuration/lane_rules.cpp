#include "server/configuration/lane_rules.h"

#include <utility>

namespace muxlab::server::configuration {
namespace {

// What `value` says beyond the default.
template <typename Value>
std::optional<Value> unless_default(const Value& value, const Value& usual) {
  return value == usual ? std::nullopt : std::optional<Value>{value};
}

LaneConfiguration described(const lab::Lane& lane) {
  LaneConfiguration said;
  said.name = lane.name;
  said.line = lane.line;
  said.tap = lane.tap;
  if (lane.rules.http1) {
    const http1::Options& options = *lane.rules.http1;
    said.protocol = LaneProtocol::http1;
    said.keep_alive = options.keep_alive;
    said.max_requests = options.max_requests;
    said.timeout = unless_default(options.idle_timeout, http1::Options{}.idle_timeout);
    return said;
  }
  const http2::Options& options = *lane.rules.http2;
  const http2::Options usual;
  const auto& endpoint = options.endpoint;
  said.protocol = LaneProtocol::http2;
  said.timeout = unless_default(options.idle_timeout, usual.idle_timeout);
  said.max_streams =
      unless_default(endpoint.max_concurrent_streams, usual.endpoint.max_concurrent_streams);
  said.header_table_bytes =
      unless_default(endpoint.header_table_bytes, usual.endpoint.header_table_bytes);
  said.stream_window_bytes =
      unless_default(endpoint.stream_window_bytes, usual.endpoint.stream_window_bytes);
  said.connection_window_bytes =
      unless_default(endpoint.connection_window_bytes, usual.endpoint.connection_window_bytes);
  said.scheduler = options.scheduler;
  said.push = options.push;
  said.early_hints = options.early_hints;
  return said;
}

http1::Options http1_options(const LaneConfiguration& lane, const http1::Options& usual) {
  http1::Options options = usual;
  options.keep_alive = lane.keep_alive;
  options.idle_timeout = lane.timeout.value_or(usual.idle_timeout);
  if (lane.max_requests) options.max_requests = lane.max_requests;
  return options;
}

http2::Options http2_options(const LaneConfiguration& lane, const http2::Options& usual) {
  http2::Options options = usual;
  auto& endpoint = options.endpoint;
  options.idle_timeout = lane.timeout.value_or(usual.idle_timeout);
  options.scheduler = lane.scheduler;
  options.push = lane.push;
  options.early_hints = lane.early_hints;
  endpoint.max_concurrent_streams = lane.max_streams.value_or(endpoint.max_concurrent_streams);
  endpoint.header_table_bytes = lane.header_table_bytes.value_or(endpoint.header_table_bytes);
  endpoint.stream_window_bytes = lane.stream_window_bytes.value_or(endpoint.stream_window_bytes);
  endpoint.connection_window_bytes =
      lane.connection_window_bytes.value_or(endpoint.connection_window_bytes);
  return options;
}

lab::Lane with(lab::Lane lane, const LimitConfiguration& limits) {
  lane.rules.http1 = limits.http1;
  lane.rules.http2 = limits.http2;
  return lane;
}

}  // namespace

std::vector<LaneConfiguration> default_lanes() {
  std::vector<LaneConfiguration> lanes;
  for (const lab::Lane& lane : lab::lab_lanes()) lanes.push_back(described(lane));
  return lanes;
}

lab::Lane lane_of(const LaneConfiguration& lane, const LimitConfiguration& limits,
                  const std::optional<link::LineProfile>& line) {
  lab::Lane made{
      .name = lane.name, .rules = {}, .line = lane.line ? lane.line : line, .tap = lane.tap};
  if (lane.protocol == LaneProtocol::http1) {
    made.rules.http1 = http1_options(lane, limits.http1);
  } else {
    made.rules.http2 = http2_options(lane, limits.http2);
  }
  return made;
}

lab::Lane site_lane_of(const LimitConfiguration& limits) {
  return with(lab::site_lane(), limits);
}

lab::Lane plain_lane_of(const LimitConfiguration& limits) {
  return with(lab::plain_lane(), limits);
}

lab::Lane console_lane_of(const LimitConfiguration& limits) {
  LimitConfiguration console = limits;
  console.http2.scheduler = http2::Scheduler::priority;
  console.http2.push = false;
  console.http2.early_hints = false;
  return with(lab::console_lane(), console);
}

}  // namespace muxlab::server::configuration
