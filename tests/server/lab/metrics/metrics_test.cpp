// What is counted on the lanes, and how Prometheus reads it.
#include "server/lab/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <string>

#include "tests/support/hand_made_trace.h"

namespace muxlab::test {
namespace {

using server::lab::metrics::LabFigures;
using server::lab::metrics::Metrics;
using server::tap::News;
using ::testing::HasSubstr;
using ::testing::Not;
using trace::FrameType;
using What = News::What;

class MetricsTest : public ::testing::Test {
 protected:
  // Opened on a lane; which protocol it has shows later.
  OwnTrace open(std::uint64_t id, const std::string& lane = "h2",
                Protocol protocol = Protocol::http2) {
    OwnTrace made = connection(id, lane, std::nullopt);
    metrics_.heard(made, {What::opened});
    made->protocol = protocol;
    return made;
  }

  void request(const OwnTrace& on, int status = 200) {
    const std::size_t index = add_exchange(*on, "/", status);
    metrics_.heard(on, news_of(*on, What::request, index));
  }
  void answer(const OwnTrace& on, std::size_t index) {
    on->exchanges[index].complete = true;
    metrics_.heard(on, news_of(*on, What::answered, index));
    metrics_.heard(on, news_of(*on, What::exchange_over, index));
  }
  void close(const OwnTrace& on, EndedBy by = EndedBy::client) {
    on->closed_by = by;
    metrics_.heard(on, {What::closed});
  }

  std::string text(const LabFigures& figures = {}) { return metrics_.text(figures); }
  bool says(const std::string& line) {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }

  Metrics metrics_;
};

TEST_F(MetricsTest, CountsConnectionsByLaneAndProtocol) {
  const OwnTrace one = open(1);
  EXPECT_TRUE(says(R"(muxlab_connections_open{lane="h2",protocol="unknown"} 1)"));
  request(one);
  EXPECT_TRUE(says(R"(muxlab_connections_open{lane="h2",protocol="h2"} 1)"));
  EXPECT_THAT(text(), Not(HasSubstr("unknown")));
  close(one, EndedBy::server);
  close(open(2, "h1", Protocol::http11));

  EXPECT_TRUE(says(R"(muxlab_connections_total{lane="h2",protocol="h2"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_connections_open{lane="h2",protocol="h2"} 0)"));
  EXPECT_TRUE(says(R"(muxlab_connections_total{lane="h1",protocol="http/1.1"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_connections_ended_total{lane="h2",by="server"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_connections_ended_total{lane="h1",by="client"} 1)"));
}

TEST_F(MetricsTest, CountsAConnectionThatNeverSpoke) {
  const OwnTrace silent = open(1);
  silent->protocol.reset();
  close(silent);
  EXPECT_TRUE(says(R"(muxlab_connections_total{lane="h2",protocol="unknown"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_connections_open{lane="h2",protocol="unknown"} 0)"));
}

TEST_F(MetricsTest, CountsRequestsOnceEachByHowTheyWereAnswered) {
  const OwnTrace one = open(1);
  request(one);
  request(one, 404);
  request(one, 200);  // reset in the middle of its answer
  request(one, 0);    // never answered
  answer(one, 0);
  answer(one, 1);
  one->exchanges[2].error = 8;
  metrics_.heard(one, news_of(*one, What::exchange_over, 2));
  close(one);

  EXPECT_TRUE(says(R"(muxlab_requests_total{lane="h2",protocol="h2",status="2xx"} 2)"));
  EXPECT_TRUE(says(R"(muxlab_requests_total{lane="h2",protocol="h2",status="4xx"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_requests_total{lane="h2",protocol="h2",status="none"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_requests_reused_total{lane="h2",protocol="h2"} 3)"));
}

TEST_F(MetricsTest, KnowsTheStreamsAtOnceAndTheMostOfThem) {
  const OwnTrace one = open(1);
  const OwnTrace other = open(2);
  request(one);
  request(one);
  request(other);
  EXPECT_TRUE(says(R"(muxlab_streams_open{lane="h2"} 3)"));
  answer(one, 0);
  close(one);
  EXPECT_TRUE(says(R"(muxlab_streams_open{lane="h2"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_streams_open_most{lane="h2"} 2)"));
}

TEST_F(MetricsTest, SharesOutEveryByte) {
  const OwnTrace one = open(1);
  const auto frame = [&](FrameType type, std::uint32_t length, trace::FrameDetail detail) {
    const std::size_t index =
        add_frame(*one, type, Direction::down, length, 0ms, std::move(detail));
    metrics_.heard(one, news_of(*one, What::frame, index));
  };
  frame(FrameType::data, 1000, trace::DataDetail{.padding = 100});
  frame(FrameType::headers, 50, fields(":status", "200"));
  frame(FrameType::ping, 8, trace::PingDetail{});
  one->wire_bytes[0] = 1300;
  one->plain_bytes[0] = 1085;
  frame(FrameType::settings, 0, trace::SettingsDetail{});

  EXPECT_TRUE(says(R"(muxlab_bytes_total{lane="h2",kind="body",direction="down"} 900)"));
  EXPECT_TRUE(says(R"(muxlab_bytes_total{lane="h2",kind="header",direction="down"} 50)"));
  EXPECT_TRUE(says(R"(muxlab_bytes_total{lane="h2",kind="framing",direction="down"} 144)"));
  EXPECT_TRUE(says(R"(muxlab_bytes_total{lane="h2",kind="tls",direction="down"} 215)"));
}

TEST_F(MetricsTest, CountsErrorsByCodeAndThoseWithoutANameTogether) {
  const OwnTrace one = open(1);
  const auto error = [&](FrameType type, Direction direction, std::uint32_t code) {
    const std::size_t index =
        add_frame(*one, type, direction, 4, 0ms, trace::ErrorDetail{.code = code, .debug = {}});
    metrics_.heard(one, news_of(*one, What::frame, index));
  };
  error(FrameType::rst_stream, Direction::up, 8);
  error(FrameType::rst_stream, Direction::up, 0x4242);
  error(FrameType::rst_stream, Direction::up, 0xffffffff);
  error(FrameType::goaway, Direction::down, 0);

  EXPECT_TRUE(says(R"(muxlab_resets_total{lane="h2",direction="up",code="CANCEL"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_resets_total{lane="h2",direction="up",code="other"} 2)"));
  EXPECT_TRUE(says(R"(muxlab_goaways_total{lane="h2",direction="down",code="NO_ERROR"} 1)"));
}

TEST_F(MetricsTest, CountsHandshakesAndWhatTheTapsMissed) {
  const OwnTrace full = open(1);
  full->facts.tls.emplace();
  metrics_.heard(full, {What::secured});
  const OwnTrace resumed = open(2);
  resumed->facts.tls.emplace().resumed = true;
  metrics_.heard(resumed, {What::secured});
  resumed->dropped = 12;
  metrics_.heard(resumed, {What::gave_up});
  metrics_.heard(resumed, {What::segment_lost, 0});
  close(resumed);

  EXPECT_TRUE(says(R"(muxlab_tls_handshakes_total{lane="h2",kind="full"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_tls_handshakes_total{lane="h2",kind="resumed"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_tap_dropped_total{lane="h2"} 12)"));
  EXPECT_TRUE(says(R"(muxlab_tap_gave_up_total{lane="h2"} 1)"));
  EXPECT_TRUE(says(R"(muxlab_segments_lost_total{lane="h2"} 1)"));
}

TEST_F(MetricsTest, TakesNoMoreLanesThanItMay) {
  for (std::uint64_t id = 1; id <= 200; ++id) open(id, "lane" + std::to_string(id));
  const std::string all = text();
  EXPECT_THAT(all, HasSubstr(R"(muxlab_streams_open{lane="lane63"} 0)"));
  EXPECT_THAT(all, Not(HasSubstr("lane64")));
  EXPECT_THAT(all, HasSubstr(R"(muxlab_connections_open{lane="other",protocol="unknown"} 137)"));
}

TEST_F(MetricsTest, ForgetsWhoIsGoneAndNewsThatComeLater) {
  const OwnTrace one = open(1);
  request(one);
  close(one);
  answer(one, 0);
  EXPECT_TRUE(says(R"(muxlab_streams_open{lane="h2"} 0)"));
  EXPECT_TRUE(says(R"(muxlab_requests_total{lane="h2",protocol="h2",status="none"} 1)"));
}

TEST_F(MetricsTest, TellsWhatOthersCount) {
  LabFigures figures;
  figures.lines.push_back({"h2", "10.0.0.1", {.samples = 5, .p50 = 100us, .p99 = 2ms}});
  figures.lines.push_back({"h2", "silent", {}});
  figures.runs_begun = 7;
  figures.watchers = 2;
  figures.limits.push_back({"watchers", 3});
  figures.workers.push_back({.accepted = 11, .open = 4, .requests = {0, 5, 6}});
  const std::string all = text(figures);

  EXPECT_THAT(all, HasSubstr("muxlab_line_lateness_seconds{lane=\"h2\",client=\"10.0.0.1\","
                             "quantile=\"0.99\"} 0.002\n"));
  EXPECT_THAT(all, HasSubstr("\n# TYPE muxlab_line_lateness_seconds summary\n"));
  EXPECT_THAT(
      all, HasSubstr("\nmuxlab_line_lateness_seconds_count{lane=\"h2\",client=\"10.0.0.1\"} 5\n"));
  EXPECT_THAT(all, Not(HasSubstr("silent")));
  EXPECT_THAT(all, HasSubstr("\nmuxlab_runs_begun_total 7\n"));
  EXPECT_THAT(all, HasSubstr("\nmuxlab_watchers 2\n"));
  EXPECT_THAT(all, HasSubstr("\nmuxlab_limit_reached_total{limit=\"watchers\"} 3\n"));
  EXPECT_THAT(all, HasSubstr("\nmuxlab_site_connections_open{worker=\"0\"} 4\n"));
  EXPECT_THAT(all, HasSubstr("\nmuxlab_site_requests_total{worker=\"0\",protocol=\"h2\"} 6\n"));
}

TEST_F(MetricsTest, EscapesWhatALabelHolds) {
  open(1, "a\"b\\c\nd");
  EXPECT_THAT(text(), HasSubstr(R"({lane="a\"b\\c\nd"} 0)"));
}

// https://prometheus.io/docs/instrumenting/exposition_formats/
TEST_F(MetricsTest, KeepsToTheTextFormat) {
  request(open(1));
  LabFigures figures;
  figures.lines.push_back({"h2", "10.0.0.1", {.samples = 5, .p50 = 100us, .p99 = 2ms}});
  const std::regex form{R"(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.e+-]+)"};
  std::istringstream lines{text(figures)};
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(std::regex_match(line, form)) << line;
    if (line.starts_with("# TYPE ")) type = line.substr(line.rfind(' ') + 1);
    const bool is_counter = line.starts_with("# TYPE") && line.ends_with(" counter");
    EXPECT_TRUE(!is_counter || line.ends_with("_total counter")) << line;
    const bool has_quantile = line.find("quantile=") != std::string::npos;
    EXPECT_TRUE(!has_quantile || type == "summary") << line << " is of a " << type;
  }
}

}  // namespace
}  // namespace muxlab::test
