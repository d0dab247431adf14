// Exchanges out of HTTP/2's frames.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "server/tap/http2_exchanges.h"
#include "tests/support/header_block.h"
#include "tests/support/http2_frames.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

using server::tap::most_streams;
using server::tap::News;

constexpr std::uint8_t ends_stream = 0x1;
constexpr std::uint8_t ends_headers = 0x4;

std::string number(std::uint32_t value) {
  const auto byte = [value](int shift) { return static_cast<char>((value >> shift) & 0xff); };
  return {byte(24), byte(16), byte(8), byte(0)};
}

std::uint8_t flags(bool whole) {
  return whole ? ends_headers | ends_stream : ends_headers;
}

struct Http2Talk : Watched {
  Http2Talk() {
    secure("h2");
    up("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  }
  ~Http2Talk() { EXPECT_EQ(trace.trouble, ""); }

  void ask(std::uint32_t stream, std::string_view block, bool whole = true) {
    up(test::frame(Frame::headers, flags(whole), stream, block));
  }
  void head(std::uint32_t stream, std::string_view status, bool whole = false) {
    const std::string block = header_block({{":status", status}});
    down(test::frame(Frame::headers, flags(whole), stream, block));
  }
  void content(std::uint32_t stream, std::string_view bytes, bool whole) {
    down(test::frame(Frame::data, whole ? ends_stream : 0, stream, bytes));
  }
  void priority_update(std::uint32_t stream, std::string_view value) {
    up(test::frame(0x10, 0, 0, number(stream) + std::string{value}));
  }
};

TEST(Http2Exchanges, AnExchangeFromItsFirstByteToItsLast) {
  Http2Talk talk;
  talk.ask(1, header_block({{":method", "POST"}, {":path", "/up?x=1"}}), false);
  const Instant asked = talk.now;
  talk.up(frame(Frame::data, ends_stream, 1, "content"));
  talk.head(1, "103");
  talk.head(1, "200");
  const Instant answered = talk.now;
  talk.content(1, "some", false);
  talk.content(1, "more", true);
  const Instant written = talk.now;
  talk.land();

  const trace::Exchange& exchange = talk.exchange(0);
  EXPECT_EQ(exchange.stream, 1U);
  EXPECT_EQ(exchange.nth, 1U);
  EXPECT_EQ(exchange.method, "POST");
  EXPECT_EQ(exchange.path, "/up?x=1");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.sent, asked - way_up);
  EXPECT_EQ(exchange.received, asked);
  EXPECT_EQ(exchange.first_byte_written, answered) << "of the final answer, not of the interim one";
  EXPECT_EQ(exchange.first_byte_landed, talk.now);
  EXPECT_EQ(exchange.last_byte_written, written);
  EXPECT_EQ(exchange.last_byte_landed, talk.now);
  EXPECT_TRUE(exchange.complete);
  EXPECT_EQ(exchange.request_body, 7U);
  EXPECT_EQ(exchange.body, 8U);
  EXPECT_EQ(exchange.request_headers_plain, 7U + 4 + 5 + 7);
  EXPECT_EQ(exchange.request_headers, 9U + 6 + 23);
  EXPECT_EQ(exchange.response_headers_plain, 2 * 10U);
  EXPECT_EQ(exchange.response_headers, 2 * (9U + 3 + 10));
}

TEST(Http2Exchanges, AreToldAsTheyGo) {
  Http2Talk talk;
  talk.ask(1, get("/"));
  EXPECT_EQ(talk.told(News::What::request), 1U);
  talk.head(1, "204", true);
  EXPECT_EQ(talk.told(News::What::answered), 1U);
  EXPECT_EQ(talk.told(News::What::exchange_over), 0U);
  talk.land();
  EXPECT_EQ(talk.told(News::What::exchange_over), 1U);
  EXPECT_TRUE(talk.exchange(0).complete);
}

TEST(Http2Exchanges, TrailersEndAnAnswerToo) {
  Http2Talk talk;
  talk.ask(1, get("/"));
  talk.head(1, "200");
  talk.content(1, "some", false);
  talk.down(frame(Frame::headers, ends_headers | ends_stream, 1, header_block({{"a", "b"}})));
  EXPECT_EQ(talk.exchange(0).status, 200);
  EXPECT_TRUE(talk.exchange(0).complete);
  EXPECT_EQ(talk.exchange(0).last_byte_written, talk.now);
  EXPECT_EQ(talk.exchange(0).response_headers_plain, 10U + 2);
}

TEST(Http2Exchanges, OneThatIsResetIsOver) {
  Http2Talk talk;
  talk.ask(1, get("/"));
  talk.head(1, "200");
  talk.up(frame(Frame::rst_stream, 0, 1, number(8)));
  EXPECT_EQ(talk.exchange(0).error, 8U);
  EXPECT_FALSE(talk.exchange(0).complete);
  EXPECT_EQ(talk.told(News::What::exchange_over), 1U);
  talk.land();
  EXPECT_EQ(talk.told(News::What::exchange_over), 1U);
}

TEST(Http2Exchanges, OneThatIsResetOnceItWasWrittenIsOverWhenItHasLanded) {
  Http2Talk talk;
  talk.ask(1, get("/"));
  talk.head(1, "200", true);
  talk.up(frame(Frame::rst_stream, 0, 1, number(8)));
  EXPECT_EQ(talk.exchange(0).error, 8U);
  EXPECT_EQ(talk.told(News::What::exchange_over), 0U);
  talk.land();
  EXPECT_EQ(talk.told(News::What::exchange_over), 1U);
}

TEST(Http2Exchanges, APushedOneBeginsWithItsPromise) {
  Http2Talk talk;
  talk.ask(1, get("/"));
  talk.down(frame(Frame::push_promise, ends_headers, 1, number(2) + get("/style.css")));
  const Instant promised = talk.now;
  EXPECT_FALSE(talk.exchange(1).received);
  talk.land();
  const Instant landed = talk.now;
  talk.head(2, "200", true);
  const trace::Exchange& pushed = talk.exchange(1);
  EXPECT_TRUE(pushed.pushed);
  EXPECT_EQ(pushed.stream, 2U);
  EXPECT_EQ(pushed.nth, 2U);
  EXPECT_EQ(pushed.path, "/style.css");
  EXPECT_EQ(pushed.sent, promised);
  EXPECT_EQ(pushed.received, landed);
  EXPECT_EQ(pushed.status, 200);
  EXPECT_TRUE(pushed.complete);
}

TEST(Http2Exchanges, ThePriorityIsTheLastWordOnIt) {
  Http2Talk talk;
  talk.ask(1, header_block({{":method", "GET"}, {":path", "/"}, {"priority", "u=1"}}));
  EXPECT_EQ(talk.exchange(0).priority, "u=1");
  talk.priority_update(1, "u=5");
  EXPECT_EQ(talk.exchange(0).priority, "u=5");
  const std::string answer = header_block({{":status", "200"}, {"priority", "u=0, i"}});
  talk.down(frame(Frame::headers, ends_headers, 1, answer));
  EXPECT_EQ(talk.exchange(0).priority, "u=0, i");
}

TEST(Http2Exchanges, APriorityUpdateMayComeBeforeItsRequest) {
  Http2Talk talk;
  talk.priority_update(3, "u=2");
  talk.priority_update(5, "u=6");
  talk.priority_update(3, "u=4");
  talk.ask(3, header_block({{":method", "GET"}, {":path", "/"}, {"priority", "u=1"}}));
  EXPECT_EQ(talk.exchange(0).priority, "u=4");
  talk.ask(5, get("/"));
  EXPECT_EQ(talk.exchange(1).priority, "u=6");
}

TEST(Http2Exchanges, AStreamThatIsLongOverIsForgottenFirst) {
  Http2Talk talk;
  talk.ask(1, get("/slow"));
  for (std::uint32_t n = 1; n <= most_streams; ++n) {
    talk.ask(2 * n + 1, get("/"));
    talk.head(2 * n + 1, "200", true);
  }
  talk.up(frame(Frame::rst_stream, 0, 3, number(8)));
  EXPECT_FALSE(talk.exchange(1).error) << "forgotten";
  talk.head(1, "200", true);
  EXPECT_TRUE(talk.exchange(0).complete) << "remembered";
}

TEST(Http2Exchanges, WhatBelongsToNoRequestIsShownAndNoMore) {
  Http2Talk talk;
  talk.head(1, "200", true);
  talk.content(7, "some", true);
  talk.down(frame(Frame::rst_stream, 0, 9, number(8)));
  talk.ask(4, get("/"));  // a client's stream is odd
  EXPECT_EQ(talk.trace.exchanges.size(), 0U);
  EXPECT_EQ(talk.trace.frames.size(), 5U);
}

}  // namespace
}  // namespace muxlab::test
