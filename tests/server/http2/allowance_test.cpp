// What right clients do besides asking, however often: none of it is taken for a flood
// (docs/decisions/glitches.md).

#include <gtest/gtest.h>

#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::StreamId;

const std::string ping = frame(Frame::ping, 0, 0, "12345678");

std::string window_update(StreamId stream) {
  return frame(Frame::window_update, 0, stream, std::string{"\0\0\1\0", 4});
}

http2::EndpointOptions wide_open() {
  http2::EndpointOptions options;
  options.stream_window_bytes = options.connection_window_bytes = 16 * 1024 * 1024;
  return options;
}

void expect_whole(const Http2Pair& pair, std::size_t requests) {
  EXPECT_TRUE(pair.goaways.empty());
  EXPECT_EQ(pair.answers.size(), requests);
  for (const auto& [stream, answer] : pair.answers) EXPECT_TRUE(answer.whole) << stream;
}

// Firefox opens each stream's window, and hears of each of 138 files that it has not changed.
TEST(Allowance, IsEarnedByAnswersWithoutContent) {
  Http2Pair pair;
  pair.shelf.on("/", [](const http::Request&, http::Responder& responder) {
    http::Response response;
    response.status = 304;
    responder.respond(std::move(response));
  });
  for (int reload = 0; reload < 20; ++reload) {
    for (int i = 0; i < 138; ++i) {
      const StreamId stream = pair.get("/");
      pair.client_speaks();
      pair.to_server(window_update(stream));
      if (i % 69 == 68) pair.run();
    }
  }
  expect_whole(pair, 20 * 138);
}

// Go, gRPC and hyper measure the bandwidth-delay product: a PING as soon as the last is
// acknowledged, as long as content comes.
TEST(Allowance, LetsADownloadBeMeasuredByPings) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(64 * 1024 * 1024, 'x'));
  const StreamId stream = pair.get("/big");
  pair.client_speaks();
  int pings = 0;
  while (!pair.answers[stream].whole && pair.goaways.empty()) {
    pair.server_speaks(16 * 1024);
    pair.client_speaks();
    pair.to_server(ping);
    ++pings;
  }
  EXPECT_GT(pings, 4000);
  expect_whole(pair, 1);
}

TEST(Allowance, LetsAnUploadBeMeasuredByPings) {
  Http2Pair pair;
  pair.shelf.on("/upload", [](const http::Request&, http::Responder& responder) {
    responder.accept(
        {100'000'000, [](Bytes) {}, [](const http::Headers&) { return http::Response{}; }});
  });
  const auto content = std::make_shared<const std::string>(16 * 1024 * 1024, 'u');
  pair.request("POST", "/upload", {}, std::make_unique<http::SharedBody>(content));
  while (!pair.client_speaks().empty()) {
    for (int i = 0; i < 4; ++i) pair.to_server(ping);  // a turn brings four frames at least
    pair.server_speaks();
  }
  expect_whole(pair, 1);
}

// The simplest of clients: it gives back each DATA frame's bytes at once, twice.
TEST(Allowance, LetsEveryFrameBeReadAtOnce) {
  std::string events;
  Http2Pair pair{{}, wide_open()};
  pair.shelf.on("/events", [&events](const http::Request&, http::Responder& responder) {
    http::Response response;
    response.content_length = std::nullopt;
    response.body = std::make_unique<Trickle>(events);
    responder.respond(std::move(response));
  });
  const StreamId stream = pair.get("/events");
  pair.run();
  for (int i = 0; i < 3000; ++i) {
    events = "data: a small event\n\n";
    pair.server_speaks();
    pair.to_server(window_update(0) + window_update(stream));
  }
  EXPECT_TRUE(pair.goaways.empty());
  EXPECT_EQ(pair.answers[stream].content.size(), 3000U * 21);
}

// RFC 9113 section 5.5; Chromium can be told to.
TEST(Allowance, LetsAFrameOfGreaseComeWithEachRequest) {
  Http2Pair pair;
  for (int i = 0; i < 2000; ++i) {
    const StreamId stream = pair.get("/");
    pair.client_speaks();
    pair.to_server(frame(0xbb, 0, stream, "grease") + frame(0x2a, 0xff, 0, ""));
    pair.server_speaks();
  }
  expect_whole(pair, 2000);
}

// Chromium raises each image that turns out to be in view, and Firefox with PRIORITY_UPDATE.
TEST(Allowance, LetsAThousandImagesBeRaised) {
  for (const bool old : {true, false}) {
    Http2Pair pair;
    pair.run();
    for (int i = 0; i < 1000; ++i) {
      const StreamId stream = pair.get("/");
      pair.client_speaks();
      const std::string id{'\0', '\0', static_cast<char>(stream >> 8), static_cast<char>(stream)};
      for (int turn = 0; turn < 5; ++turn) {
        pair.to_server(old ? frame(Frame::priority, 0, stream, std::string{"\0\0\0\0\xdb", 5})
                           : frame(0x10, 0, 0, id + "u=2"));
      }
      pair.server_speaks();
    }
    expect_whole(pair, 1000);
  }
}

TEST(Allowance, LetsAnIdleConnectionBeKeptAliveForADay) {
  server::http2::Options options;
  options.idle_timeout = 48h;
  Http2Pair pair{options};
  pair.run();
  for (int second = 0; second < 24 * 3600; second += 10) {
    pair.to_server(ping);
    pair.server_speaks();
    pair.pass(10s);
  }
  EXPECT_TRUE(pair.goaways.empty());
}

// Who clicks from page to page cancels what the last one had under way.
TEST(Allowance, LetsPagesBeLeftBeforeTheyAreThere) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/big", std::string(100'000, 'x'));
  for (int page = 0; page < 30; ++page) {
    std::vector<StreamId> streams;
    for (int i = 0; i < 60; ++i) streams.push_back(pair.get("/big"));
    pair.client_speaks();
    pair.server_speaks(16 * 1024);
    for (const StreamId stream : streams) pair.client.reset(stream, http2::ErrorCode::cancel);
    pair.client_speaks();
    pair.server_speaks();
    pair.pass(1s);
  }
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(Allowance, IsFilledAgainByTime) {
  server::http2::Options options;
  options.idle_timeout = 1h;
  Http2Pair pair{options};
  pair.run();
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 900; ++i) {
      pair.to_server(ping);
      pair.server_speaks();
    }
    pair.pass(30s);
  }
  EXPECT_TRUE(pair.goaways.empty());
}

}  // namespace
}  // namespace muxlab::test
