// Uploads, thinking time and trailers: what takes time between a request's head and its answer.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

std::unique_ptr<http::Body> content(std::size_t bytes) {
  return std::make_unique<http::SharedBody>(std::make_shared<const std::string>(bytes, 'u'));
}

// Takes uploads of up to `most_bytes` and says how much came, and which trailers.
struct Counter {
  Counter(Shelf& shelf, std::uint64_t most_bytes) {
    shelf.on("/upload", [this, most_bytes](const http::Request&, http::Responder& responder) {
      responder.accept({most_bytes, [this](Bytes piece) { received += piece.size(); },
                        [this](const http::Headers& trailers) {
                          return http::text_response(
                              200, "text/plain",
                              std::to_string(received) + " " +
                                  std::string{trailers.find("x-sum").value_or("-")});
                        }});
    });
  }
  std::size_t received = 0;
};

TEST(MultiplexedUpload, ArrivesWholeAndIsAnsweredAtItsEnd) {
  Http2Pair pair;
  Counter counter{pair.shelf, 10'000'000};
  const StreamId stream = pair.request("POST", "/upload", {}, content(1'000'000));
  pair.run();

  EXPECT_EQ(pair.answers[stream].content, "1000000 -");
  EXPECT_EQ(pair.logged(), std::vector<std::string>{"POST /upload 200 9"});
}

// --- Expect: 100-continue (RFC 9110 section 10.1.1) ---

// Content that a client holds back until it has heard 100.
struct Waiting {
  explicit Waiting(Http2Pair& the_pair) : pair(the_pair) {}
  StreamId post(const std::string& path, const http::Headers& extra = {}) {
    http::Headers fields{{"expect", "100-Continue"}};
    for (const auto [name, value] : extra) fields.add(name, value);
    return pair.request("POST", path, fields, std::make_unique<Trickle>(source));
  }
  Http2Pair& pair;
  std::string source;
};

std::vector<std::string> interim_statuses(const Answer& answer) {
  std::vector<std::string> statuses;
  for (const http::Headers& fields : answer.interim) {
    statuses.emplace_back(fields.find(":status").value_or(""));
  }
  return statuses;
}

TEST(MultiplexedUpload, IsAskedForByOneHundredWhenTheClientWaits) {
  Http2Pair pair;
  Counter counter{pair.shelf, 100};
  Waiting waiting{pair};
  const StreamId stream = waiting.post("/upload");
  pair.run();
  EXPECT_EQ(interim_statuses(pair.answers[stream]), std::vector<std::string>{"100"});
  EXPECT_EQ(pair.answers[stream].status, "");

  waiting.source = "at last";
  pair.run();
  EXPECT_EQ(counter.received, 7U);
  EXPECT_FALSE(pair.answers[stream].closed);
}

TEST(MultiplexedUpload, ThatIsNotWantedIsAnsweredAtOnce) {
  Http2Pair pair;
  Counter counter{pair.shelf, 100};
  Waiting waiting{pair};
  const StreamId nowhere = waiting.post("/nowhere");
  const StreamId too_large = waiting.post("/upload", {{"content-length", "101"}});
  pair.run();

  EXPECT_EQ(pair.answers[nowhere].status, "404");
  EXPECT_EQ(pair.answers[too_large].status, "413");
  for (const StreamId stream : {nowhere, too_large}) {
    EXPECT_TRUE(pair.answers[stream].interim.empty());
    EXPECT_TRUE(pair.answers[stream].whole);
    EXPECT_FALSE(pair.answers[stream].closed) << "the client ends it, or it is curl's failure";
  }
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(MultiplexedUpload, WithoutContentIsNotAskedForAny) {
  Http2Pair pair;
  Counter counter{pair.shelf, 100};
  const StreamId stream = pair.request("POST", "/upload", {{"expect", "100-continue"}});
  pair.run();
  EXPECT_TRUE(pair.answers[stream].interim.empty());
  EXPECT_EQ(pair.answers[stream].content, "0 -");
}

TEST(MultiplexedUpload, MayBeEmpty) {
  Http2Pair pair;
  Counter counter{pair.shelf, 100};
  const StreamId stream = pair.request("PUT", "/upload");
  pair.run();
  EXPECT_EQ(pair.answers[stream].content, "0 -");
}

TEST(MultiplexedUpload, SeesTheTrailers) {
  Http2Pair pair;
  Counter counter{pair.shelf, 100};
  const StreamId stream = pair.client
                              .request({{":method", "POST"},
                                        {":scheme", "https"},
                                        {":authority", "localhost"},
                                        {":path", "/upload"}},
                                       content(5), {{"x-sum", "abc"}})
                              .value();
  pair.run();
  EXPECT_EQ(pair.answers[stream].content, "5 abc");
}

TEST(MultiplexedUpload, IsRefusedByItsDeclaredLengthAlone) {
  Http2Pair pair;
  Counter counter{pair.shelf, 1000};
  const StreamId stream =
      pair.request("POST", "/upload", {{"content-length", "1001"}}, content(1001));
  pair.run();

  EXPECT_EQ(pair.answers[stream].status, "413");
  EXPECT_EQ(counter.received, 0U);
}

TEST(MultiplexedUpload, IsRefusedWhenItGrowsTooLarge) {
  Http2Pair pair;
  Counter counter{pair.shelf, 50'000};
  const StreamId stream = pair.request("POST", "/upload", {}, content(300'000));
  pair.run();

  EXPECT_EQ(pair.answers[stream].status, "413");
  EXPECT_LE(counter.received, 50'000U);
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::no_error) << "and asked to stop";
}

TEST(MultiplexedUpload, DoesNotHoldTheOthersUp) {
  Http2Pair pair;
  Counter counter{pair.shelf, 10'000'000};
  pair.shelf.put("/small", "at once");
  pair.request("POST", "/upload", {}, content(5'000'000));
  pair.client_speaks();
  const StreamId small = pair.get("/small");
  pair.client_speaks();
  pair.server_speaks();
  EXPECT_EQ(pair.answers[small].content, "at once");
}

TEST(MultiplexedUpload, IsResetWhenItTrickles) {
  Http2Pair pair;
  pair.run();
  Counter counter{pair.shelf, 10'000'000};
  std::string source = "x";
  const StreamId stream = pair.request("POST", "/upload", {}, std::make_unique<Trickle>(source));
  for (int second = 0; second < 32; ++second) {
    pair.client_speaks();
    pair.pass(1s);
    source = "x";
    pair.server_speaks();
  }
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::cancel);
  EXPECT_TRUE(pair.goaways.empty()) << "the connection goes on";
}

// --- Content that nobody wants

TEST(UnwantedContent, IsTakenSoThatAClientThatSendsAllFirstSeesTheAnswer) {
  Http2Pair pair;
  pair.shelf.put("/page", "hello");
  std::string source(20'000'000, 'x');
  const StreamId stream = pair.request("POST", "/page", {}, std::make_unique<Trickle>(source));
  pair.run();
  EXPECT_EQ(pair.answers[stream].content, "hello");
  EXPECT_TRUE(source.empty()) << source.size() << " bytes were not taken";
}

TEST(UnwantedContent, IsAskedToStopAboveItsLimit) {
  server::http2::Options options;
  options.endpoint.unwanted_content_bytes = 100'000;
  Http2Pair pair{options};
  pair.shelf.put("/page", "hello");
  std::string source(1'000'000, 'x');
  const StreamId stream = pair.request("POST", "/page", {}, std::make_unique<Trickle>(source));
  pair.run();
  EXPECT_EQ(pair.answers[stream].content, "hello");
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::no_error);
  EXPECT_GT(source.size(), 800'000U);
}

TEST(UnwantedContent, IsCountedFromWhereItIsNotWantedAnyMore) {
  server::http2::Options options;
  options.endpoint.unwanted_content_bytes = 100'000;
  Http2Pair pair{options};
  Counter counter{pair.shelf, 500'000};
  std::string source(1'000'000, 'x');
  const StreamId stream = pair.request("POST", "/upload", {}, std::make_unique<Trickle>(source));
  pair.run();
  EXPECT_EQ(pair.answers[stream].status, "413");
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::no_error);
  EXPECT_LT(source.size(), 410'000U) << "taken behind the answer";
  EXPECT_GT(source.size(), 300'000U);
}

TEST(UnwantedContent, KeepsTheConnectionAliveWhileItComes) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/page", "hello");
  std::string source(1'000, 'x');
  const StreamId stream = pair.request("POST", "/page", {}, std::make_unique<Trickle>(source));
  for (int second = 0; second < 100; ++second) {
    pair.client_speaks();
    pair.server_speaks();
    pair.pass(1s);
    source = std::string(1'000, 'x');
  }
  EXPECT_EQ(pair.answers[stream].content, "hello");
  EXPECT_EQ(pair.answers[stream].closed, std::nullopt);
  EXPECT_TRUE(pair.goaways.empty());
}

TEST(UnwantedContent, MayNotDrip) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/page", "hello");
  std::string source = "x";
  const StreamId stream = pair.request("POST", "/page", {}, std::make_unique<Trickle>(source));
  for (int second = 0; second < 32; ++second) {
    pair.client_speaks();
    pair.server_speaks();
    pair.pass(1s);
    source = "x";
  }
  pair.run();
  EXPECT_EQ(pair.answers[stream].content, "hello");
  ASSERT_FALSE(pair.goaways.empty());
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
}

TEST(ThinkingTime, DelaysTheAnswerAndNothingElse) {
  Http2Pair pair;
  pair.shelf.put("/fast", "fast");
  pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 300ms;
    responder.respond(std::move(response));
  });
  const StreamId slow = pair.get("/slow");
  const StreamId fast = pair.get("/fast");
  pair.run();
  EXPECT_EQ(pair.answers[fast].content, "fast");
  EXPECT_FALSE(pair.answers.contains(slow));
  EXPECT_EQ(pair.server.next_event(), Instant{} + 300ms);

  pair.pass(299ms);
  EXPECT_TRUE(pair.run().empty());
  pair.pass(1ms);
  pair.run();
  EXPECT_EQ(pair.answers[slow].content, "slow");
}

TEST(ThinkingTime, IsWaitedForThoughTheClientHasSaidItsLast) {
  Http2Pair pair;
  pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 300ms;
    responder.respond(std::move(response));
  });
  const StreamId slow = pair.get("/slow");
  pair.run();
  pair.server.input_ended(pair.now);
  EXPECT_FALSE(pair.server.finished());
  pair.pass(300ms);
  pair.server_speaks();
  EXPECT_EQ(pair.answers[slow].content, "slow");
  EXPECT_TRUE(pair.server.finished());
}

TEST(ThinkingTime, EndsWithAStreamThatIsReset) {
  Http2Pair pair;
  pair.shelf.on("/slow", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 300ms;
    responder.respond(std::move(response));
  });
  const StreamId slow = pair.get("/slow");
  pair.run();
  pair.client.reset(slow, ErrorCode::cancel);
  pair.run();
  pair.pass(300ms);

  EXPECT_TRUE(pair.run().empty());
  EXPECT_EQ(pair.logged(), std::vector<std::string>{"GET /slow 200 0 cut"});
}

TEST(Trailers, FollowTheContent) {
  Http2Pair pair;
  pair.shelf.on("/summed", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "content");
    response.content_length = std::nullopt;
    response.trailers = {{"x-sum", "42"}};
    responder.respond(std::move(response));
  });
  const StreamId stream = pair.get("/summed");
  pair.run();

  EXPECT_EQ(pair.answers[stream].content, "content");
  EXPECT_EQ(pair.answers[stream].trailers.find("x-sum"), "42");
  EXPECT_TRUE(pair.answers[stream].whole);
}

}  // namespace
}  // namespace muxlab::test
