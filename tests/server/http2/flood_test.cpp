// Peers that make work without use, each in the way that gave it its name; and what browsers do,
// which must not be taken for it.

#include <gtest/gtest.h>

#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;

// Sends `bytes` up to `times` times, letting the server answer in between. Gives how often it went
// well.
int flood(Http2Pair& pair, const std::string& bytes, int times) {
  for (int i = 0; i < times; ++i) {
    if (pair.server.finished()) return i;
    pair.to_server(bytes);
    pair.server_speaks();
  }
  return times;
}

void expect_calm(const Http2Pair& pair) {
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
  EXPECT_TRUE(pair.server.finished());
}

TEST(Flood, OfPingsIsEnded) {
  Http2Pair pair;
  pair.run();
  EXPECT_LE(flood(pair, frame(Frame::ping, 0, 0, "12345678"), 1000), 101);
  expect_calm(pair);
}

TEST(Flood, OfSettingsIsEnded) {
  Http2Pair pair;
  pair.run();
  EXPECT_LE(flood(pair, frame(Frame::settings, 0, 0, ""), 1000), 101);
  expect_calm(pair);
}

TEST(Flood, OfUnknownFramesIsEnded) {
  Http2Pair pair;
  pair.run();
  EXPECT_LE(flood(pair, frame(0xbb, 0, 0, "what?"), 1000), 101);
  expect_calm(pair);
}

TEST(Flood, OfEmptyDataIsEnded) {
  Http2Pair pair;
  pair.run();
  pair.shelf.on("/upload", [](const http::Request&, http::Responder& responder) {
    responder.accept({100, [](Bytes) {}, [](const http::Headers&) { return http::Response{}; }});
  });
  // HEADERS without END_STREAM: :method POST, :scheme https, :path and :authority spelled out.
  pair.to_server(
      frame(Frame::headers, 0x4, 1, std::string{"\x83\x87\x04\x07/upload\x01\x09localhost", 22}));
  EXPECT_LE(flood(pair, frame(Frame::data, 0, 1, ""), 1000), 101);
  expect_calm(pair);
}

TEST(Flood, OfPrioritiesIsEnded) {
  Http2Pair pair;
  pair.run();
  EXPECT_LE(flood(pair, frame(Frame::priority, 0, 1, std::string{"\0\0\0\0\x10", 5}), 1000), 202);
  expect_calm(pair);
}

TEST(Flood, OfWindowUpdatesIsEnded) {
  Http2Pair pair;
  pair.run();
  EXPECT_LE(flood(pair, frame(Frame::window_update, 0, 0, std::string{"\0\0\0\x01", 4}), 1000),
            202);
  expect_calm(pair);
}

// CVE-2025-8671: the client breaks a rule on each stream, here by content that is longer than it
// said, so that it is the server that resets it and the count of open streams stays low.
TEST(Flood, OfResetsThatTheServerMustSendIsEnded) {
  Http2Pair pair;
  pair.run();
  const std::string post_of_one_byte{
      "\x83\x87\x04\x01/\x01\x09localhost\x0f\x0d\x01"
      "1",
      20};
  int resets = 0;
  for (std::uint32_t stream = 1; stream < 2000 && !pair.server.finished(); stream += 2) {
    pair.to_server(frame(Frame::headers, 0x4, stream, post_of_one_byte));
    pair.to_server(frame(Frame::data, 0x1, stream, "two"));
    for (const Frame& frame : pair.server_speaks())
      resets += frame.type == Frame::rst_stream ? 1 : 0;
  }
  EXPECT_GE(resets, 99);
  EXPECT_LE(resets, 102);
  expect_calm(pair);
}

TEST(Flood, HeaderBlocksThatDripAreEnded) {
  Http2Pair pair;
  pair.run();
  pair.to_server(frame(Frame::headers, 0x1, 1, "\x82"));
  EXPECT_EQ(pair.server.next_event(), pair.now + 10s);
  pair.pass(9s);
  pair.to_server(frame(Frame::continuation, 0, 1, "\x87"));
  pair.pass(1s);
  pair.server_speaks();
  expect_calm(pair);
}

TEST(Flood, IsForgottenWithTime) {
  Http2Pair pair;
  pair.run();
  const std::string ping = frame(Frame::ping, 0, 0, "12345678");
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(flood(pair, ping, 90), 90);
    pair.pass(10s);
  }
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(Flood, IsNotWhatABrowserDoesToAThousandImages) {
  Http2Pair pair;
  pair.run();
  for (int i = 0; i < 1000; ++i) {
    const http2::StreamId stream = pair.get("/");
    pair.client_speaks();
    pair.to_server(frame(Frame::priority, 0, stream, std::string{"\0\0\0\0\xdb", 5}));
    pair.server_speaks();
  }
  EXPECT_TRUE(pair.goaways.empty());
  EXPECT_EQ(pair.answers.size(), 1000U);
}

}  // namespace
}  // namespace muxlab::test
