// What is counted of a connection does not depend on what is kept of it: a trace is let go while
// exchanges are under way, and every one of them is counted all the same.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "server/lab/metrics/metrics.h"
#include "server/recording/recorder.h"
#include "tests/support/header_block.h"
#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using server::lab::metrics::Metrics;
using server::recording::most_unclaimed_bytes;
using server::recording::Recorder;
using server::recording::SharedTrace;
using server::tap::News;

constexpr std::uint8_t ends_stream = 0x1;
constexpr std::uint8_t ends_headers = 0x4;

class CountingTest : public ::testing::Test {
 protected:
  CountingTest() {
    recorder_.add_listener(
        [this](const SharedTrace& trace, News news) { metrics_.heard(trace, news); });
    ConnectionFacts facts;
    facts.id = 1;
    observer_.opened(facts, now_);
  }

  void say(Direction direction, std::string_view bytes) {
    std::uint64_t& wire = wire_[static_cast<std::size_t>(direction)];
    wire += bytes.size();
    observer_.plaintext({.direction = direction,
                         .bytes = bytes_of(bytes),
                         .sent = now_,
                         .received = now_,
                         .wire_end = wire});
  }
  void up(std::string_view bytes) { say(Direction::up, bytes); }
  void down(std::string_view bytes) { say(Direction::down, bytes); }
  void land() { observer_.landed(wire_[static_cast<std::size_t>(Direction::down)], now_); }

  // A tick: what nobody holds is let go.
  void forget() {
    ASSERT_GT(recorder_.find(1)->held_bytes, most_unclaimed_bytes);
    recorder_.advance();
    ASSERT_LT(recorder_.find(1)->held_bytes, most_unclaimed_bytes);
  }

  void expect(const std::string& line) const {
    const std::string all = metrics_.text({});
    EXPECT_NE(("\n" + all).find("\n" + line + "\n"), std::string::npos) << line << "\n" << all;
  }

  Instant now_{};
  std::uint64_t wire_[2] = {};
  Metrics metrics_;
  Recorder recorder_;
  ConnectionObserver& observer_ = recorder_.begin(1, "lane");
};

const std::string much(2 * most_unclaimed_bytes, 'x');

TEST_F(CountingTest, AnAnswerDuringWhichTheTraceIsLetGoIsCounted) {
  up("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  down("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(much.size() + 1) + "\r\n\r\n");
  down(much);
  forget();
  expect(R"(muxlab_streams_open{lane="lane"} 1)");
  down("y");
  expect(R"(muxlab_requests_total{lane="lane",protocol="http/1.1",status="2xx"} 1)");
  expect(R"(muxlab_streams_open{lane="lane"} 1)");
  land();
  expect(R"(muxlab_streams_open{lane="lane"} 0)");
  observer_.ended(EndedBy::client, "", now_);
  expect(R"(muxlab_requests_total{lane="lane",protocol="http/1.1",status="2xx"} 1)");
  expect(R"(muxlab_bytes_total{lane="lane",kind="body",direction="down"} )" +
         std::to_string(much.size() + 1));
}

TEST_F(CountingTest, AnExchangeThatWasWrittenAndHasNotLandedIsOverWhenItLands) {
  up("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  down("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(much.size()) + "\r\n\r\n" + much);
  forget();
  expect(R"(muxlab_streams_open{lane="lane"} 1)");
  land();
  expect(R"(muxlab_streams_open{lane="lane"} 0)");
}

TEST_F(CountingTest, PipelinedRequestsFindTheirAnswersAfterTheTraceIsLetGo) {
  for (int i = 0; i < 10; ++i) up("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  up("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(much.size()) + "\r\n\r\n" +
     much);
  forget();
  expect(R"(muxlab_streams_open{lane="lane"} 11)");
  for (int i = 0; i < 10; ++i) down("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  down("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
  land();
  expect(R"(muxlab_streams_open{lane="lane"} 0)");
  expect(R"(muxlab_requests_total{lane="lane",protocol="http/1.1",status="2xx"} 10)");
  expect(R"(muxlab_requests_total{lane="lane",protocol="http/1.1",status="4xx"} 1)");
  expect(R"(muxlab_requests_reused_total{lane="lane",protocol="http/1.1"} 10)");
}

TEST_F(CountingTest, StreamsAreAnsweredAndResetAfterTheTraceIsLetGo) {
  up("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const auto ask = [this](std::uint32_t stream) {
    up(frame(Frame::headers, ends_headers | ends_stream, stream,
             header_block({{":method", "GET"}, {":path", "/"}})));
  };
  const auto answer = [this](std::uint32_t stream, bool whole) {
    down(frame(Frame::headers, ends_headers | (whole ? ends_stream : 0), stream,
               header_block({{":status", "200"}})));
  };
  for (const std::uint32_t stream : {1U, 3U, 5U}) ask(stream);
  answer(1, false);
  for (int i = 0; i < 20; ++i) down(frame(Frame::data, 0, 1, std::string(16'000, 'x')));
  forget();
  down(frame(Frame::data, ends_stream, 1, "y"));
  answer(3, true);
  up(frame(Frame::rst_stream, 0, 5, std::string("\0\0\0\x8", 4)));
  land();
  expect(R"(muxlab_streams_open{lane="lane"} 0)");
  expect(R"(muxlab_streams_open_most{lane="lane"} 3)");
  expect(R"(muxlab_requests_total{lane="lane",protocol="h2",status="2xx"} 2)");
  expect(R"(muxlab_requests_total{lane="lane",protocol="h2",status="none"} 1)");
  expect(R"(muxlab_resets_total{lane="lane",direction="up",code="CANCEL"} 1)");
  expect(R"(muxlab_bytes_total{lane="lane",kind="body",direction="down"} 320001)");
}

// A run holds the trace, and its memory is used up.
TEST_F(CountingTest, WhatATraceHasNoRoomForIsCounted) {
  const SharedTrace held = recorder_.find(1);
  constexpr int requests = 20'000;
  for (int i = 0; i < requests; ++i) {
    up("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    down("HTTP/1.1 204 No Content\r\n\r\n");
    land();
  }
  ASSERT_GT(held->dropped, 0U);
  EXPECT_LT(held->exchanges.size(), static_cast<std::size_t>(requests));
  expect(R"(muxlab_streams_open{lane="lane"} 0)");
  expect(R"(muxlab_requests_total{lane="lane",protocol="http/1.1",status="2xx"} 20000)");
  expect(R"(muxlab_bytes_total{lane="lane",kind="header",direction="down"} 540000)");
}

TEST_F(CountingTest, ALostSegmentIsCountedAfterItWasForgotten) {
  const auto happened = [this](SegmentEvent::What what) {
    observer_.segment({.what = what,
                       .direction = Direction::down,
                       .retransmission = false,
                       .offset = 0,
                       .bytes = 1000,
                       .at = now_});
  };
  happened(SegmentEvent::What::queued);
  up("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(much.size()) + "\r\n\r\n" +
     much);
  forget();
  happened(SegmentEvent::What::lost);
  expect(R"(muxlab_segments_lost_total{lane="lane"} 1)");
}

}  // namespace
}  // namespace muxlab::test
