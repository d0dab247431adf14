#include <gtest/gtest.h>

#include "common/trace/analysis.h"
#include "tests/common/trace/trace_builder.h"

namespace muxlab::test {
namespace {

TEST(Cost, CountsWhatTheRunTook) {
  ConnectionBuilder first{Protocol::http2, 1};
  first.opened(0ms).ready(10ms);
  trace::Exchange& page = first.request(1, "/r/k3/page/", 10ms, 20ms);
  page.request_headers = 100;
  page.response_headers = 50;
  page.body = 1000;
  page.request_body = 7;
  first.request(3, "/favicon.ico", 10ms, 20ms).body = 5000;
  first.trace.wire_bytes[0] = first.trace.plain_bytes[0] + 1500;
  first.trace.wire_bytes[1] = first.trace.plain_bytes[1] + 500;
  first.segment(0, 1448, 20ms, 21ms, trace::Segment::Fate::lost);
  first.segment(0, 1448, 50ms, 60ms).retransmission = true;
  ConnectionBuilder second{Protocol::http2, 2};
  second.ready(10ms);
  second.trace.facts.tls->resumed = true;
  trace::RunTrace run = run_of({first.built(), second.built()});
  run.run.id = "k3";

  const trace::Cost cost = trace::cost_of(run);
  EXPECT_EQ(cost.connections, 2U);
  EXPECT_EQ(cost.handshakes, 1U) << "the other one was resumed";
  EXPECT_EQ(cost.tls_bytes, 2000U);
  EXPECT_EQ(cost.header_bytes, 150U);
  EXPECT_EQ(cost.body_bytes, 1007U) << "the icon is none of the run's";
  EXPECT_EQ(cost.retransmitted_bytes, 1448U);
}

}  // namespace
}  // namespace muxlab::test
