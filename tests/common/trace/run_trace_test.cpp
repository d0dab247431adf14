#include "common/trace/run_trace.h"

#include <gmock/gmock.h>

#include "tests/common/trace/trace_builder.h"

namespace muxlab::test {
namespace {

std::vector<std::string> paths_of(const trace::RunTrace& trace) {
  std::vector<std::string> paths;
  for (const trace::RunExchange which : trace.exchanges()) paths.push_back(trace.at(which).path);
  return paths;
}

TEST(RunTrace, HasTheExchangesBelowItsPrefixInTheOrderOfBeingReceived) {
  ConnectionBuilder one{Protocol::http11, 1};
  one.request(1, "/r/k3/mosaic/", 0ms, 10ms);
  one.request(1, "/favicon.ico", 20ms, 30ms);
  one.request(1, "/r/k3/mosaic/b.png", 45ms, 55ms);
  ConnectionBuilder other{Protocol::http11, 2};
  other.request(1, "/r/k33/mosaic/", 5ms, 12ms);
  other.request(1, "/r/k3/mosaic/a.png", 40ms, 50ms);
  trace::RunTrace run = run_of({one.built(), other.built()});
  run.run.id = "k3";

  EXPECT_THAT(paths_of(run),
              testing::ElementsAre("/r/k3/mosaic/", "/r/k3/mosaic/a.png", "/r/k3/mosaic/b.png"));
}

TEST(RunTrace, HasWhatItsExchangesPushed) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/r/k3/article/", 0ms, 10ms);
  trace::Exchange pushed;
  pushed.stream = 2;
  pushed.path = "/style.css";
  pushed.pushed = true;
  pushed.promised_on = 1;
  pushed.received = at(21ms);
  connection.trace.exchanges.push_back(pushed);
  pushed.stream = 4;
  pushed.promised_on = 3;
  pushed.path = "/of-another-page.css";
  connection.trace.exchanges.push_back(pushed);
  trace::RunTrace run = run_of({connection.built()});
  run.run.id = "k3";

  EXPECT_THAT(paths_of(run), testing::ElementsAre("/r/k3/article/", "/style.css"));
}

TEST(RunTrace, GivesTheNthReportOfAPathToItsNthExchange) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/a", 0ms, 1ms);
  connection.request(3, "/b", 2ms, 3ms);
  connection.request(5, "/a", 4ms, 5ms);
  trace::RunTrace run = run_of({connection.built()});
  run.run.reports = {{"/a", at(0ms), {}}, {"/c", at(1ms), {}}, {"/a", at(2ms), {}}};

  const auto reports = trace::reports_of(run, run.exchanges());
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0]->discovered, at(0ms));
  EXPECT_EQ(reports[1], nullptr);
  EXPECT_EQ(reports[2]->discovered, at(2ms));
}

}  // namespace
}  // namespace muxlab::test
