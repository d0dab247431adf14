#include "server/http2/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::StreamId;
using server::http2::Scheduler;

// A client that wishes the last of three large answers first, on a lane with its own mind.
struct Lane {
  explicit Lane(Scheduler scheduler) : pair{options(scheduler), wide_open()} {
    put("/page", "text/html");
    put("/style", "text/css; charset=utf-8");
    put("/picture", "image/png");
  }

  static server::http2::Options options(Scheduler scheduler) {
    server::http2::Options options;
    options.scheduler = scheduler;
    return options;
  }
  static http2::EndpointOptions wide_open() {
    http2::EndpointOptions options;
    options.stream_window_bytes = options.connection_window_bytes = 16 * 1024 * 1024;
    return options;
  }

  void put(const std::string& path, const std::string& type) {
    pair.shelf.on(path, [type](const http::Request&, http::Responder& responder) {
      responder.respond(http::text_response(200, type, std::string(100'000, 'x')));
    });
  }

  // The paths in the order in which their content ended, and how often the connection changed
  // hands.
  std::pair<std::vector<std::string>, int> load() {
    std::map<StreamId, std::string> paths;
    paths[pair.get("/picture")] = "/picture";
    paths[pair.get("/style")] = "/style";
    paths[pair.get("/page", {{"priority", "u=7"}})] = "/page";
    std::vector<std::string> ended;
    int turns = 0;
    StreamId last = 0;
    for (const Frame& frame : pair.run()) {
      if (frame.type != Frame::data) continue;
      if (frame.stream != last) ++turns;
      last = frame.stream;
      if (frame.end_stream()) ended.push_back(paths[frame.stream]);
    }
    return {ended, turns};
  }

  Http2Pair pair;
};

using Paths = std::vector<std::string>;

TEST(Scheduler, PriorityFollowsTheClient) {
  EXPECT_EQ(Lane{Scheduler::priority}.load(), (std::pair{Paths{"/picture", "/style", "/page"}, 3}));
}

TEST(Scheduler, FifoFollowsTheRequests) {
  Lane lane{Scheduler::fifo};
  lane.pair.get("/page", {{"priority", "u=7"}});
  lane.pair.get("/style", {{"priority", "u=0"}});
  std::vector<StreamId> ended;
  for (const Frame& frame : lane.pair.run()) {
    if (frame.type == Frame::data && frame.end_stream()) ended.push_back(frame.stream);
  }
  EXPECT_EQ(ended, (std::vector<StreamId>{1, 3}));
}

// The frames of answers as "1 HEADERS", "1 DATA", each run of equal ones once.
std::vector<std::string> said_in_turns(const std::vector<Frame>& frames) {
  std::vector<std::string> said;
  for (const Frame& frame : frames) {
    if (frame.type != Frame::headers && frame.type != Frame::data) continue;
    const char* const kind = frame.type == Frame::data ? " DATA" : " HEADERS";
    std::string one = std::to_string(frame.stream) + kind;
    if (said.empty() || said.back() != one) said.push_back(std::move(one));
  }
  return said;
}

TEST(Scheduler, FifoLetsNothingOvertakeAnAnswerThatIsThoughtAbout) {
  Lane lane{Scheduler::fifo};
  lane.pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 5s;
    responder.respond(std::move(response));
  });
  lane.pair.get("/style");
  lane.pair.get("/slow");
  lane.pair.get("/page");
  EXPECT_EQ(said_in_turns(lane.pair.run()), (Paths{"1 HEADERS", "1 DATA"}));
  lane.pair.pass(4999ms);
  EXPECT_EQ(said_in_turns(lane.pair.run()), Paths{});
  lane.pair.pass(1ms);
  EXPECT_EQ(said_in_turns(lane.pair.run()), (Paths{"3 HEADERS", "3 DATA", "5 HEADERS", "5 DATA"}));
}

TEST(Scheduler, FifoGoesOnBehindAnAnswerThatTheClientDoesNotWantAnyMore) {
  Lane lane{Scheduler::fifo};
  lane.pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 5s;
    responder.respond(std::move(response));
  });
  const StreamId slow = lane.pair.get("/slow");
  lane.pair.get("/page");
  EXPECT_EQ(said_in_turns(lane.pair.run()), Paths{});
  lane.pair.client.reset(slow, http2::ErrorCode::cancel);
  EXPECT_EQ(said_in_turns(lane.pair.run()), (Paths{"3 HEADERS", "3 DATA"}));
}

TEST(Scheduler, RoundRobinTakesTurns) {
  EXPECT_GT(Lane{Scheduler::round_robin}.load().second, 12);
}

TEST(Scheduler, ServerKnowsWhatAPageNeedsFirst) {
  EXPECT_EQ(Lane{Scheduler::server}.load(), (std::pair{Paths{"/page", "/style", "/picture"}, 3}));
}

// PRIORITY_UPDATE (RFC 9218 section 7.1) for a stream whose answer waits.
std::string priority_update(StreamId stream, const std::string& wish) {
  const std::string id{'\0', '\0', '\0', static_cast<char>(stream)};
  return frame(0x10, 0, 0, id + wish);
}

TEST(Scheduler, HearsAChangeOfMind) {
  Lane lane{Scheduler::priority};
  const StreamId first = lane.pair.get("/page");
  const StreamId second = lane.pair.get("/style");
  lane.pair.client_speaks();
  lane.pair.to_server(priority_update(second, "u=0"));
  std::vector<StreamId> ended;
  for (const Frame& frame : lane.pair.run()) {
    if (frame.type == Frame::data && frame.end_stream()) ended.push_back(frame.stream);
  }
  EXPECT_EQ(ended, (std::vector<StreamId>{second, first}));
}

TEST(Scheduler, IsNotMovedByTheOldPriorities) {
  Lane lane{Scheduler::priority};
  const StreamId first = lane.pair.get("/page");
  const StreamId second = lane.pair.get("/style");
  lane.pair.client_speaks();
  lane.pair.to_server(frame(Frame::priority, 0, first, std::string{"\0\0\0\x03\0", 5}));
  std::vector<StreamId> ended;
  for (const Frame& frame : lane.pair.run()) {
    if (frame.type == Frame::data && frame.end_stream()) ended.push_back(frame.stream);
  }
  EXPECT_EQ(ended, (std::vector<StreamId>{first, second}));
}

// The second of two equal requests, on a lane with a table of `bytes`: how long its answer's header
// block is.
std::size_t second_header_block(std::uint32_t bytes) {
  server::http2::Options options;
  options.endpoint.header_table_bytes = bytes;
  http2::EndpointOptions client;
  client.header_table_bytes = 65536;
  Http2Pair pair{options, client};
  pair.run();
  std::size_t length = 0;
  for (int i = 0; i < 2; ++i) {
    pair.get("/");
    for (const Frame& frame : pair.run()) {
      if (frame.type == Frame::headers) length = frame.payload.size();
    }
  }
  return length;
}

TEST(HeaderTable, IsWhatTheLaneSays) {
  EXPECT_LT(second_header_block(4096), 35U);
  EXPECT_LT(second_header_block(65536), 35U);
  EXPECT_GT(second_header_block(0), 70U) << "without a table every field is spelled out again";
}

TEST(Scheduler, HasANameInSettingsAndOnScreen) {
  EXPECT_EQ(server::http2::name_of(Scheduler::round_robin), "round-robin");
}

}  // namespace
}  // namespace muxlab::test
