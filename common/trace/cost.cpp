#include "common/trace/analysis.h"

namespace muxlab::trace {

Cost cost_of(const RunTrace& trace) {
  Cost cost;
  cost.connections = trace.connections.size();
  for (const RunConnection& connection : trace.connections) {
    const bool opened_for_it = !connection.from;
    const auto& tls = connection->facts.tls;
    if (opened_for_it && tls && !tls->resumed) ++cost.handshakes;
    cost.tls_bytes += connection->own_tls_bytes();
    for (const Segment& segment : connection->segments) {
      if (segment.retransmission && connection.holds(segment.sent)) {
        cost.retransmitted_bytes += segment.length;
      }
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
