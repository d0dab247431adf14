// With streams open, who is waited for: a peer that neither reads nor sends ends the connection,
// and so does one that drips; a server that thinks or has nothing to tell does not.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

// A client whose windows open when a test says so: 16 KiB at first.
struct Reader {
  explicit Reader(server::http2::Options options = {})
      : pair(options, {.stream_window_bytes = 16 * 1024}) {
    pair.shelf.put("/large", std::string(1'000'000, 'x'));
    stream = pair.get("/large");
    pair.client_speaks();
    pair.server.produce(unread, 1 << 20, pair.now);
    pair.to_server(frame(Frame::settings, 1, 0, ""));
  }

  // Opens the stream's window, takes what comes, and lets a second pass.
  void read(std::uint32_t bytes) {
    if (bytes > 0) pair.to_server(frame(Frame::window_update, 0, stream, number(bytes)));
    pair.server.produce(unread, 1 << 20, pair.now);
    pair.pass(1s);
    pair.server.produce(unread, 1 << 20, pair.now);
  }

  int seconds_until_cut(std::uint32_t bytes_a_second, int longest = 90) {
    int seconds = 0;
    while (!pair.server.finished() && seconds < longest) {
      read(bytes_a_second);
      ++seconds;
    }
    return seconds;
  }

  Http2Pair pair;
  StreamId stream;
  ByteQueue unread;
};

TEST(MultiplexedProgress, AWindowThatStaysShutEndsTheConnection) {
  Reader reader;
  EXPECT_EQ(reader.seconds_until_cut(0), 30);
}

TEST(MultiplexedProgress, AWindowThatOpensByteByByteEndsIt) {
  Reader reader;
  EXPECT_EQ(reader.seconds_until_cut(1), 31);
}

TEST(MultiplexedProgress, AWindowThatOpensAtTheLeastRateIsServed) {
  Reader reader;
  EXPECT_EQ(reader.seconds_until_cut(500), 90);
}

TEST(MultiplexedProgress, ARequestIsProgressEnough) {
  Reader reader;
  for (int second = 0; second < 90; ++second) {
    if (second % 20 == 0) reader.pair.get("/nothing");
    reader.pair.client_speaks();
    reader.read(0);
  }
  EXPECT_FALSE(reader.pair.server.finished());
}

TEST(MultiplexedProgress, AnAnswerMayBeThoughtAboutLongerThanAStallMayLast) {
  server::http2::Options impatient;
  impatient.stall_timeout = 1s;
  Http2Pair pair{impatient};
  pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 5s;
    responder.respond(std::move(response));
  });
  const StreamId slow = pair.get("/slow");
  pair.run();
  for (int second = 0; second < 6; ++second) {
    pair.pass(1s);
    pair.run();
  }
  EXPECT_EQ(pair.answers[slow].content, "slow");
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(MultiplexedProgress, AStreamOfEventsMayBeQuietForAnyTime) {
  Http2Pair pair;
  std::string news;
  pair.shelf.on("/events", [&news](const http::Request&, http::Responder& responder) {
    http::Response response;
    response.content_length.reset();
    response.body = std::make_unique<Trickle>(news);
    responder.respond(std::move(response));
  });
  const StreamId events = pair.get("/events");
  pair.run();
  pair.pass(1h);
  pair.run();
  news = "something";
  pair.run();
  EXPECT_EQ(pair.answers[events].content, "something");
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(MultiplexedProgress, WhileTheConnectionTakesNoMoreItsClientIsNotTheSessionsToJudge) {
  Http2Pair pair{{}, {.stream_window_bytes = 1 << 20, .connection_window_bytes = 1 << 20}};
  pair.run();
  pair.shelf.put("/large", std::string(500'000, 'x'));
  const StreamId stream = pair.get("/large");
  pair.client_speaks();
  pair.server_speaks(20'000);  // and no more, for the client's TCP is slow
  pair.pass(60s);
  pair.run();
  EXPECT_EQ(pair.answers[stream].content.size(), 500'000U);
}

TEST(MultiplexedProgress, AContentThatNobodyWantsAndThatNeverEndsEndsTheConnection) {
  Http2Pair pair;
  pair.run();
  std::string source = "x";
  pair.request("POST", "/nothing", {}, std::make_unique<Trickle>(source));
  for (int second = 0; second < 40 && pair.goaways.empty(); ++second) {
    source = "x";
    pair.client_speaks();
    pair.server_speaks();
    pair.pass(1s);
    pair.server_speaks();
  }
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
}

}  // namespace
}  // namespace muxlab::test
