// What a lane adds to a page: pushed companions and early hints.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

server::http2::Options pushing() {
  server::http2::Options options;
  options.push = true;
  return options;
}

server::http2::Options hinting() {
  server::http2::Options options;
  options.early_hints = true;
  return options;
}

http2::EndpointOptions welcoming() {
  http2::EndpointOptions options;
  options.enable_push = true;
  return options;
}

// A page with two companions; the style sheet wants one of its own, which must not be pushed in
// turn.
void put_page(Shelf& shelf, Duration delay = {}) {
  const auto of_page = std::make_shared<const http::Companions>(
      http::Companions{{"style.css", "/shared/app.js"}, {"<style.css>; rel=preload; as=style"}});
  const auto of_style =
      std::make_shared<const http::Companions>(http::Companions{{"font.woff2"}, {}});
  shelf.on("/page/", [of_page, delay](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/html", "<p>");
    response.companions = of_page;
    response.delay = delay;
    responder.respond(std::move(response));
  });
  shelf.on("/page/style.css", [of_style](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/css", "p {}");
    response.companions = of_style;
    responder.respond(std::move(response));
  });
  shelf.put("/shared/app.js", "run()");
}

TEST(Push, PromisesAndSendsThePagesCompanions) {
  Http2Pair pair{pushing(), welcoming()};
  pair.run();
  put_page(pair.shelf);
  const StreamId page = pair.get("/page/?x=1", {{"accept-encoding", "br"}});
  const std::vector<Frame> frames = pair.run();

  EXPECT_EQ(pair.answers[page].content, "<p>");
  ASSERT_EQ(pair.promises.size(), 2U);
  EXPECT_EQ(pair.promises[2].find(":path"), "/page/style.css");
  EXPECT_EQ(pair.promises[2].find("accept-encoding"), "br");
  EXPECT_EQ(pair.answers[2].content, "p {}");
  EXPECT_EQ(pair.promises[4].find(":path"), "/shared/app.js");
  EXPECT_EQ(pair.answers[4].content, "run()");
}

TEST(Push, PromisesBeforeItAnswers) {
  Http2Pair pair{pushing(), welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.get("/page/");
  std::vector<int> order;
  for (const Frame& frame : pair.run()) {
    if (frame.type == Frame::push_promise || frame.type == Frame::headers)
      order.push_back(frame.type);
  }
  ASSERT_GE(order.size(), 3U);
  EXPECT_EQ(order[0], Frame::push_promise);
}

TEST(Push, IsNotDoneToAClientThatRefusesIt) {
  Http2Pair pair{pushing(), {}};
  pair.run();
  put_page(pair.shelf);
  const StreamId page = pair.get("/page/");
  pair.run();

  EXPECT_EQ(pair.answers[page].content, "<p>");
  EXPECT_TRUE(pair.promises.empty());
}

TEST(Push, IsNotDoneOnALaneWithoutIt) {
  Http2Pair pair{{}, welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.get("/page/");
  pair.run();
  EXPECT_TRUE(pair.promises.empty());
}

TEST(Push, HappensOnceOnAConnection) {
  Http2Pair pair{pushing(), welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.get("/page/");
  pair.run();
  pair.get("/page/");
  pair.run();
  EXPECT_EQ(pair.promises.size(), 2U);
}

TEST(Push, CanBeCancelled) {
  Http2Pair pair{pushing(), welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.shelf.put("/shared/app.js", std::string(1'000'000, 'x'));
  const StreamId page = pair.get("/page/");
  pair.client_speaks();
  pair.server_speaks();
  pair.client.reset(4, ErrorCode::cancel);
  pair.run();

  EXPECT_TRUE(pair.answers[page].whole);
  EXPECT_LT(pair.answers[4].content.size(), 1'000'000U);
  EXPECT_FALSE(pair.server.finished());
}

TEST(Push, IsNotDoneForHead) {
  Http2Pair pair{pushing(), welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.request("HEAD", "/page/");
  pair.run();
  EXPECT_TRUE(pair.promises.empty());
}

TEST(Push, LeavesTheClientItsOwnStreams) {
  server::http2::Options options = pushing();
  options.endpoint.max_concurrent_streams = 2;
  Http2Pair pair{options, welcoming()};
  pair.run();
  put_page(pair.shelf);
  pair.shelf.put("/shared/app.js", std::string(100'000, 'x'));  // more than its window: stays open
  pair.get("/page/");
  pair.client_speaks();
  pair.server_speaks();
  const StreamId first = pair.get("/page/");
  const StreamId second = pair.get("/page/");
  pair.client_speaks();
  pair.server_speaks();
  EXPECT_EQ(pair.answers[first].status, "200");
  EXPECT_EQ(pair.answers[second].status, "200");
}

TEST(EarlyHints, ComeWhileThePageIsStillThoughtAbout) {
  Http2Pair pair{hinting()};
  put_page(pair.shelf, 200ms);
  const StreamId page = pair.get("/page/");
  pair.run();

  ASSERT_EQ(pair.answers[page].interim.size(), 1U);
  EXPECT_EQ(pair.answers[page].interim[0].find(":status"), "103");
  EXPECT_EQ(pair.answers[page].interim[0].find("link"), "<style.css>; rel=preload; as=style");
  EXPECT_EQ(pair.answers[page].status, "");

  pair.pass(200ms);
  pair.run();
  EXPECT_EQ(pair.answers[page].status, "200");
}

TEST(EarlyHints, AreNotSentOnALaneWithoutThem) {
  Http2Pair pair;
  put_page(pair.shelf);
  const StreamId page = pair.get("/page/");
  pair.run();
  EXPECT_TRUE(pair.answers[page].interim.empty());
}

// --- a client that lets few streams or little content begin ---

// SETTINGS_MAX_CONCURRENT_STREAMS (3).
std::string stream_limit(std::uint8_t streams) {
  return frame(Frame::settings, 0, 0, std::string{"\0\3\0\0\0", 5} + static_cast<char>(streams));
}

TEST(Push, PromisesNothingToAClientThatLetsNoStreamBegin) {
  http2::EndpointOptions none = welcoming();
  none.max_concurrent_streams = 0;
  Http2Pair pair{pushing(), none};
  pair.run();
  put_page(pair.shelf);
  const StreamId page = pair.get("/page/");
  pair.run();

  EXPECT_TRUE(pair.promises.empty());
  EXPECT_TRUE(pair.answers[page].whole);
}

TEST(Push, SendsOneAfterTheOtherToAClientThatLetsOneBegin) {
  http2::EndpointOptions one = welcoming();
  one.max_concurrent_streams = 1;
  Http2Pair pair{pushing(), one};
  pair.run();
  put_page(pair.shelf);
  pair.get("/page/");
  pair.run();

  ASSERT_EQ(pair.promises.size(), 2U);
  for (const auto& [stream, fields] : pair.promises) EXPECT_TRUE(pair.answers[stream].whole);
}

TEST(Push, TakesBackWhatItMayNeverSend) {
  http2::EndpointOptions one = welcoming();
  one.max_concurrent_streams = 1;
  one.stream_window_bytes = 0;  // so that the first push stays open
  Http2Pair pair{pushing(), one};
  pair.run();
  put_page(pair.shelf);
  pair.get("/page/");
  pair.client_speaks();
  pair.server_speaks();
  ASSERT_EQ(pair.promises.size(), 2U);
  pair.to_server(stream_limit(0));

  std::vector<StreamId> taken_back;
  for (const Frame& said : pair.server_speaks()) {
    if (said.type != Frame::rst_stream) continue;
    taken_back.push_back(said.stream);
    EXPECT_EQ(static_cast<ErrorCode>(said.number_at(0)), ErrorCode::cancel);
  }
  EXPECT_EQ(taken_back, std::vector<StreamId>{4}) << "the first has begun";
  EXPECT_TRUE(pair.goaways.empty());
}

}  // namespace
}  // namespace muxlab::test
