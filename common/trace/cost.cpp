#include "common/trace/analysis.h"

namespace muxlab::trace {

Cost cost_of(const RunTrace& trace) {
  Cost cost;
  cost.connections = trace.connections.size();
  for (const auto& connection : trace.connections) {
    if (connection->facts.tls && !connection->facts.tls->resumed) ++cost.handshakes;
    cost.tls_bytes += connection->tls_bytes();
    for (const Segment& segment : connection->segments) {
      if (segment.retransmission) cost.retransmitted_bytes += segment.length;
    }
  }
  for (const RunExchange which : trace.exchanges()) {
    const Exchange& exchange = trace.at(which);
    cost.header_bytes += exchange.request_headers + exchange.response_headers;
    cost.body_bytes += exchange.request_body + exchange.body;
  }
  return cost;
}

}  // namespace muxlab::trace
