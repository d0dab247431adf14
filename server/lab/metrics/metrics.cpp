#include "server/lab/metrics/metrics.h"

#include <algorithm>

namespace muxlab::server::lab::metrics {
namespace {

std::size_t protocol_index(const trace::ConnectionTrace& trace) {
  return trace.protocol ? static_cast<std::size_t>(*trace.protocol) : unknown_protocol;
}

}  // namespace

void Metrics::heard(const recording::SharedTrace& trace, tap::News news) {
  using What = tap::News::What;
  if (news.what == What::frame_landed) return;  // the most of all, and nothing is counted of it
  if (news.what == What::opened) return open(*trace);
  Seen* const seen = find(trace->facts.id);
  if (seen == nullptr) return;
  LaneCounts& lane = lanes_[seen->lane];
  note_progress(*trace, *seen);
  switch (news.what) {
    case What::secured:
      ++(trace->facts.tls && trace->facts.tls->resumed ? lane.resumed_handshakes
                                                       : lane.full_handshakes);
      break;
    case What::frame:
      lane.add(*news.frame);
      break;
    case What::request:
      begin_request(*news.exchange, *seen);
      break;
    case What::answered:
      count_answer(*news.exchange, *seen);
      break;
    case What::exchange_over:
      end_stream(*news.exchange, *seen);
      break;
    case What::segment_lost:
      ++lane.lost_segments;
      break;
    case What::gave_up:
      ++lane.tap_gave_up;
      break;
    case What::closed:
      close(*trace, *seen);
      break;
    case What::opened:
    case What::frame_landed:
      break;
  }
}

std::size_t Metrics::lane_index(const std::string& lane) {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&lane](const LaneCounts& each) { return each.lane == lane; });
  if (found != lanes_.end()) return static_cast<std::size_t>(found - lanes_.begin());
  const bool full = lanes_.size() + 1 >= most_counted_lanes;
  if (full && lane != "other") return lane_index("other");
  lanes_.emplace_back().lane = lane;
  return lanes_.size() - 1;
}

void Metrics::open(const trace::ConnectionTrace& trace) {
  const std::size_t lane = lane_index(trace.lane);
  if (!seen_.emplace(trace.facts.id, Seen{.lane = lane}).second) return;
  ++lanes_[lane].protocols[unknown_protocol].open;
}

Metrics::Seen* Metrics::find(std::uint64_t connection) {
  if (last_seen_ != nullptr && last_connection_ == connection) return last_seen_;
  const auto found = seen_.find(connection);
  if (found == seen_.end()) return nullptr;
  last_connection_ = connection;
  last_seen_ = &found->second;
  return last_seen_;
}

// What no news tells of by itself.
void Metrics::note_progress(const trace::ConnectionTrace& trace, Seen& seen) {
  LaneCounts& lane = lanes_[seen.lane];
  if (seen.protocol == unknown_protocol && trace.protocol) {
    --lane.protocols[unknown_protocol].open;
    seen.protocol = protocol_index(trace);
    ++lane.protocols[seen.protocol].open;
    ++lane.protocols[seen.protocol].connections;
  }
  for (std::size_t direction = 0; direction < 2; ++direction) {
    const std::uint64_t by_now = trace.wire_bytes[direction] - trace.plain_bytes[direction];
    if (by_now <= seen.tls_bytes[direction]) continue;
    lane.bytes[static_cast<std::size_t>(ByteKind::tls)][direction] +=
        by_now - seen.tls_bytes[direction];
    seen.tls_bytes[direction] = by_now;
  }
  if (trace.dropped < seen.dropped) seen.dropped = 0;  // a new chapter, which counts its own
  lane.tap_dropped += trace.dropped - seen.dropped;
  seen.dropped = trace.dropped;
}

void Metrics::begin_request(const trace::Exchange& exchange, Seen& seen) {
  LaneCounts& lane = lanes_[seen.lane];
  ++seen.requests;
  ++seen.open_streams;
  ++lane.open_streams;
  lane.most_streams = std::max(lane.most_streams, seen.open_streams);
  if (exchange.nth > 1) ++lane.protocols[seen.protocol].reused;
}

void Metrics::count_answer(const trace::Exchange& exchange, Seen& seen) {
  ++seen.answered;
  ++lanes_[seen.lane].protocols[seen.protocol].requests[status_class_of(exchange.status)];
}

void Metrics::end_stream(const trace::Exchange& exchange, Seen& seen) {
  if (!exchange.complete) count_answer(exchange, seen);  // cut short: nobody said "answered"
  if (seen.open_streams == 0) return;
  --seen.open_streams;
  --lanes_[seen.lane].open_streams;
}

void Metrics::close(const trace::ConnectionTrace& trace, Seen& seen) {
  LaneCounts& lane = lanes_[seen.lane];
  ProtocolCounts& protocol = lane.protocols[seen.protocol];
  if (seen.protocol == unknown_protocol) ++protocol.connections;
  --protocol.open;
  lane.open_streams -= seen.open_streams;
  protocol.requests[0] += seen.requests - std::min(seen.requests, seen.answered);
  if (trace.closed_by) ++lane.ended[static_cast<std::size_t>(*trace.closed_by)];
  last_seen_ = nullptr;
  seen_.erase(trace.facts.id);
}

}  // namespace muxlab::server::lab::metrics
