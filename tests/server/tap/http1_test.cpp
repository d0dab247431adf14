// HTTP/1.1 in the terms of frames and exchanges.
#include <gmock/gmock.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

using server::tap::News;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::FrameType;

// "up REQUEST_HEAD 1 28" for each frame: direction, type, exchange and bytes.
std::vector<std::string> frames_of(const Watched& watched) {
  std::vector<std::string> lines;
  for (const trace::Frame& frame : watched.trace.frames) {
    lines.push_back(std::string{name_of(frame.direction)} + " " +
                    std::string{trace::name_of(frame.type)} + " " + std::to_string(frame.stream) +
                    " " + std::to_string(frame.length));
  }
  return lines;
}

const trace::HeaderBlock& block_of(const trace::Frame& frame) {
  return *std::get<trace::HeadersDetail>(frame.detail).block;
}
const trace::BodyDetail& body_of(const trace::Frame& frame) {
  return std::get<trace::BodyDetail>(frame.detail);
}

TEST(Http1Tap, ShowsAHeadAsItStoodOnTheWire) {
  Watched watched;
  watched.secure("http/1.1");
  const std::string head = "GET /a?b HTTP/1.1\r\nHoSt: x\r\nX-Blank:   some text \r\n\r\n";
  watched.up(head);
  ASSERT_EQ(watched.trace.frames.size(), 1U);
  const trace::HeaderBlock& block = block_of(watched.frame(0));
  EXPECT_EQ(block.start_line, "GET /a?b HTTP/1.1");
  EXPECT_EQ(block.encoded_bytes, head.size());
  EXPECT_FALSE(block.table);
  ASSERT_EQ(block.fields.size(), 2U);
  EXPECT_EQ(block.fields[0].name, "HoSt");
  EXPECT_EQ(block.fields[0].value, "x");
  EXPECT_EQ(block.fields[0].encoded_bytes, 9U);
  EXPECT_EQ(block.fields[0].representation, trace::Representation::text);
  EXPECT_EQ(block.fields[1].name, "X-Blank");
  EXPECT_EQ(block.fields[1].value, "some text");
  EXPECT_EQ(block.fields[1].encoded_bytes, 23U);
  EXPECT_EQ(watched.trace.protocol, Protocol::http11);
}

TEST(Http1Tap, AnExchangeFromItsFirstByteToItsLast) {
  Watched watched;
  watched.secure("http/1.1");
  watched.up("GET /a?b HTTP/1.1\r\nHost: x\r\nPriority: u=1\r\n");
  const Instant sent = watched.now - way_up;
  watched.up("\r\n");
  const Instant received = watched.now;
  watched.down("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
  const Instant answered = watched.now;
  watched.down("some");
  watched.down("more");
  const Instant written = watched.now;
  watched.land();

  const trace::Exchange& exchange = watched.exchange(0);
  EXPECT_EQ(exchange.nth, 1U);
  EXPECT_EQ(exchange.stream, 1U);
  EXPECT_EQ(exchange.method, "GET");
  EXPECT_EQ(exchange.path, "/a?b");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.priority, "u=1");
  EXPECT_EQ(exchange.sent, sent);
  EXPECT_EQ(exchange.received, received);
  EXPECT_EQ(exchange.first_byte_written, answered);
  EXPECT_EQ(exchange.first_byte_landed, watched.now);
  EXPECT_EQ(exchange.last_byte_written, written);
  EXPECT_EQ(exchange.last_byte_landed, watched.now);
  EXPECT_TRUE(exchange.complete);
  EXPECT_EQ(exchange.body, 8U);
  EXPECT_EQ(exchange.request_headers_plain, 5U + 11);
  EXPECT_EQ(exchange.request_headers, 45U);
  EXPECT_EQ(exchange.response_headers, 38U);
  EXPECT_THAT(frames_of(watched), ElementsAre("up REQUEST_HEAD 1 45", "down RESPONSE_HEAD 1 38",
                                              "down BODY 1 4", "down BODY 1 4"));
  EXPECT_FALSE(body_of(watched.frame(2)).last);
  EXPECT_TRUE(body_of(watched.frame(3)).last);
  EXPECT_EQ(watched.told(News::What::answered), 1U);
  EXPECT_EQ(watched.told(News::What::exchange_over), 1U);
}

TEST(Http1Tap, PipelinedRequestsGetTheirAnswersInOrder) {
  Watched watched;
  watched.up(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /4 HTTP/1.1\r\nHost: "
      "x\r\n\r\n");
  watched.down(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
      "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 Not\r\nContent-Length: 9\r\n\r\n");
  EXPECT_THAT(
      frames_of(watched),
      ElementsAre("up REQUEST_HEAD 1 28", "up REQUEST_HEAD 2 29", "up REQUEST_HEAD 3 48",
                  "up BODY 3 3", "up REQUEST_HEAD 4 28", "down RESPONSE_HEAD 1 38", "down BODY 1 2",
                  "down RESPONSE_HEAD 2 38", "down RESPONSE_HEAD 3 19", "down RESPONSE_HEAD 4 39"));
  std::vector<int> statuses;
  for (const trace::Exchange& exchange : watched.trace.exchanges) {
    EXPECT_TRUE(exchange.complete);
    statuses.push_back(exchange.status);
  }
  EXPECT_THAT(statuses, ElementsAre(200, 200, 204, 304));
  EXPECT_EQ(watched.exchange(1).nth, 2U);
  EXPECT_EQ(watched.exchange(1).body, 0U) << "the answer to HEAD has no content";
  EXPECT_EQ(watched.exchange(2).request_body, 3U);
}

TEST(Http1Tap, EachChunkIsAFrame) {
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunks = "5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nSum: 1\r\n\r\n";
  watched.down(head + chunks);
  EXPECT_THAT(frames_of(watched),
              ElementsAre("up REQUEST_HEAD 1 27", "down RESPONSE_HEAD 1 47", "down CHUNK 1 14",
                          "down CHUNK 1 6", "down CHUNK 1 13"));
  EXPECT_EQ(body_of(watched.frame(2)).content_bytes, 5U);
  EXPECT_FALSE(body_of(watched.frame(2)).last);
  const trace::BodyDetail& last = body_of(watched.frame(4));
  EXPECT_TRUE(last.last);
  ASSERT_TRUE(last.trailers);
  EXPECT_EQ(last.trailers->fields.at(0).name, "Sum");
  EXPECT_EQ(watched.frame(4).plain_end, head.size() + chunks.size());
  EXPECT_EQ(watched.exchange(0).body, 6U);
  EXPECT_EQ(watched.exchange(0).response_headers, 47U + 10);
  EXPECT_TRUE(watched.exchange(0).complete);
}

TEST(Http1Tap, AnUploadInChunks) {
  Watched watched;
  watched.up("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  watched.up("c\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(frames_of(watched), ElementsAre("up REQUEST_HEAD 1 56", "up CHUNK 1 8",
                                              "up CHUNK 1 5", "up REQUEST_HEAD 2 27"));
  EXPECT_EQ(watched.exchange(0).request_body, 3U);
  EXPECT_EQ(watched.frame(1).written, watched.now - 1ms - way_up);
  EXPECT_EQ(watched.frame(1).landed, watched.now);
}

TEST(Http1Tap, AnInterimAnswerIsNotTheAnswer) {
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  watched.down("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  EXPECT_EQ(watched.exchange(0).status, 0);
  EXPECT_FALSE(watched.exchange(0).first_byte_written);
  watched.down("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(watched.exchange(0).status, 200);
  EXPECT_EQ(watched.exchange(0).first_byte_written, watched.now);
  EXPECT_TRUE(watched.exchange(0).complete);
  EXPECT_EQ(watched.exchange(0).response_headers, 40U + 38);
}

TEST(Http1Tap, ContentUntilTheConnectionEnds) {
  Watched watched;
  watched.up("GET / HTTP/1.0\r\n\r\n");
  watched.down("HTTP/1.1 200 OK\r\n\r\nsome");
  watched.down("more");
  const Instant written = watched.now;
  EXPECT_FALSE(watched.exchange(0).complete);
  watched.end();
  EXPECT_TRUE(watched.exchange(0).complete);
  EXPECT_EQ(watched.exchange(0).last_byte_written, written);
  EXPECT_EQ(watched.exchange(0).body, 8U);
  EXPECT_TRUE(body_of(watched.trace.frames.back()).last);
  EXPECT_EQ(watched.trace.protocol, Protocol::http10);
  watched.land();
  EXPECT_EQ(watched.exchange(0).last_byte_landed, watched.now);
}

TEST(Http1Tap, ContentThatIsCutIsNotComplete) {
  for (const auto& [by, why] : {std::pair{EndedBy::client, ""}, {EndedBy::server, "it failed"}}) {
    Watched watched;
    watched.up("GET / HTTP/1.0\r\n\r\n");
    watched.down("HTTP/1.1 200 OK\r\n\r\nsome");
    watched.end(by, why);
    EXPECT_FALSE(watched.exchange(0).complete);
  }
}

TEST(Http1Tap, BehindTheLastRequestNothingIsRead) {
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nwhat a server does not read");
  watched.down("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(watched.trace.trouble, "");
  EXPECT_EQ(watched.trace.frames.size(), 2U);
}

TEST(Http1Tap, AnAnswerWithoutARequestIsShown) {
  Watched watched;
  watched.up("GET / HT");
  watched.down("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(frames_of(watched), ElementsAre("down RESPONSE_HEAD 0 51"));
  EXPECT_THAT(watched.trace.exchanges, IsEmpty());
}

TEST(Http1Tap, GoesQuietOverWhatIsNoHttp) {
  for (const auto* garbage :
       {"\x16\x03\x01\x02", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\n"}) {
    Watched watched;
    watched.up(garbage);
    EXPECT_THAT(watched.trace.trouble, HasSubstr("What the client sends is no HTTP/1.1: "));
    EXPECT_EQ(watched.told(News::What::gave_up), 1U);
  }
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  watched.down("220 mail.example.com ESMTP\r\n");
  EXPECT_THAT(watched.trace.trouble, HasSubstr("What the server sends is no HTTP/1.1: "));
  EXPECT_EQ(watched.trace.frames.size(), 1U);
}

TEST(Http1Tap, GoesQuietWhenTheProtocolIsChanged) {
  Watched upgraded;
  upgraded.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  upgraded.down("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_NE(upgraded.trace.trouble, "");
}

// --- Which protocol it is

TEST(ProtocolDecision, WithoutAlpnThePrefaceDecides) {
  Watched http2;
  http2.up("PRI * HTTP/2.0\r\n");
  EXPECT_FALSE(http2.trace.protocol);
  http2.up("\r\nSM\r\n\r\n");
  EXPECT_EQ(http2.trace.protocol, Protocol::http2);
  ASSERT_EQ(http2.trace.frames.size(), 1U);
  EXPECT_LT(http2.frame(0).written + way_up, http2.frame(0).landed) << "it came in two pieces";

  Watched http1;
  http1.secure("");
  http1.up("P");
  http1.up("OST / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(http1.trace.protocol, Protocol::http11);
  EXPECT_EQ(http1.trace.frames.size(), 1U);
}

TEST(ProtocolDecision, AlpnDecidesWhateverIsSaid) {
  Watched http1;
  http1.secure("http/1.1");
  http1.up("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(http1.trace.protocol, Protocol::http11);
  EXPECT_NE(http1.trace.trouble, "");

  Watched http2;
  http2.secure("h2");
  http2.up("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(http2.trace.protocol, Protocol::http2);
  EXPECT_EQ(http2.trace.trouble, "The client does not begin with HTTP/2's preface.");
}

}  // namespace
}  // namespace muxlab::test
