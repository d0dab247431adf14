#include "server/http2/session.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

constexpr std::uint32_t all_streams = 0x7fffffff;

// A client that lets the server send as much as it likes.
http2::EndpointOptions wide_open() {
  http2::EndpointOptions options;
  options.stream_window_bytes = 16 * 1024 * 1024;
  options.connection_window_bytes = 16 * 1024 * 1024;
  return options;
}

// The streams of the DATA frames, in order, a run of one stream's frames named once.
std::vector<StreamId> turns_in(const std::vector<Frame>& frames) {
  std::vector<StreamId> turns;
  for (const Frame& frame : frames) {
    if (frame.type == Frame::data && (turns.empty() || turns.back() != frame.stream)) {
      turns.push_back(frame.stream);
    }
  }
  return turns;
}

std::size_t count(const std::vector<Frame>& frames, Frame::Type type) {
  return static_cast<std::size_t>(std::count_if(
      frames.begin(), frames.end(), [type](const Frame& frame) { return frame.type == type; }));
}

TEST(MultiplexingSession, AnswersARequest) {
  Http2Pair pair;
  pair.shelf.put("/hello", "good morning");
  const StreamId stream = pair.get("/hello?to=you");
  pair.run();

  EXPECT_EQ(pair.shelf.requests, std::vector<std::string>{"GET /hello?to=you"});
  const Answer& answer = pair.answers[stream];
  EXPECT_EQ(answer.status, "200");
  EXPECT_EQ(answer.content, "good morning");
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.fields.find("content-length"), "12");
  EXPECT_EQ(answer.fields.find("date"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(pair.logged(), std::vector<std::string>{"GET /hello?to=you 200 12"});
}

TEST(MultiplexingSession, NamesItsConnectionAndStreamInServerTiming) {
  Http2Pair pair;
  pair.get("/");
  const StreamId second = pair.get("/");
  pair.run();

  std::vector<std::string> timings;
  for (const auto [name, value] : pair.answers[second].fields) {
    if (name == "server-timing") timings.emplace_back(value);
  }
  EXPECT_EQ(timings, (std::vector<std::string>{R"(conn;desc="c17")", R"(stream;desc="3")"}));
}

TEST(MultiplexingSession, SaysThatItIgnoresTheOldPriorities) {
  Http2Pair pair;
  const std::vector<Frame> frames = pair.server_speaks();

  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0].type, Frame::settings);
  EXPECT_NE(frames[0].payload.find(std::string{"\x00\x09\x00\x00\x00\x01", 6}), std::string::npos)
      << "SETTINGS_NO_RFC7540_PRIORITIES (9) = 1";
}

TEST(MultiplexingSession, AnswersHeadWithTheHeadersOfGetAndNoContent) {
  Http2Pair pair;
  pair.shelf.put("/hello", "good morning");
  const StreamId stream = pair.request("HEAD", "/hello");
  const std::vector<Frame> frames = pair.run();

  EXPECT_EQ(pair.answers[stream].fields.find("content-length"), "12");
  EXPECT_TRUE(pair.answers[stream].whole);
  EXPECT_EQ(count(frames, Frame::data), 0U);
}

TEST(MultiplexingSession, AnswersAnUnknownMethodWith501) {
  Http2Pair pair;
  const StreamId stream = pair.request("BREW", "/pot");
  pair.run();

  EXPECT_EQ(pair.answers[stream].status, "501");
  EXPECT_TRUE(pair.shelf.requests.empty());
}

TEST(MultiplexingSession, ResetsARequestWhoseHostContradictsItsAuthority) {
  Http2Pair pair;
  const StreamId stream = pair.get("/", {{"host", "elsewhere.example"}});
  const StreamId sound = pair.get("/", {{"host", "localhost"}});
  pair.run();

  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::protocol_error);
  EXPECT_EQ(pair.answers[sound].status, "404");
}

// --- the same bytes, however they are cut ---

// What a client says that asks for three things and pings.
std::string scripted_client_bytes() {
  Http2Pair pair;
  std::string bytes = pair.client_speaks();
  pair.get("/a");
  pair.get("/b", {{"priority", "u=1, i"}});
  bytes += pair.client_speaks();
  pair.client.ping();
  pair.request("HEAD", "/c");
  return bytes + pair.client_speaks();
}

template <typename NextSize>
std::string answers_to(const std::string& bytes, NextSize next_size) {
  Http2Pair pair;
  pair.shelf.put("/a", std::string(20'000, 'a'));
  pair.shelf.put("/b", std::string(20'000, 'b'));
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(bytes.size() - at, next_size());
    pair.to_server(std::string_view{bytes}.substr(at, size));
    at += size;
  }
  ByteQueue out;
  pair.server.produce(out, 1 << 30, pair.now);
  return drain_to_text(out);
}

TEST(MultiplexingSession, GivesTheSameAnswersHoweverItsInputIsCut) {
  const std::string bytes = scripted_client_bytes();
  const std::string whole = answers_to(bytes, [] { return std::size_t{1} << 30; });
  ASSERT_GT(whole.size(), 40'000U);

  EXPECT_EQ(answers_to(bytes, [] { return std::size_t{1}; }), whole);
  std::mt19937 random{2026};
  for (int round = 0; round < 100; ++round) {
    ASSERT_EQ(answers_to(bytes, [&random] { return std::size_t{1} + random() % 40; }), whole);
  }
}

// --- multiplexing and order (RFC 9218) ---

TEST(MultiplexingSession, AnswersAHundredRequestsAtOnce) {
  Http2Pair pair{{}, wide_open()};
  for (int i = 0; i < 100; ++i) {
    pair.shelf.put("/" + std::to_string(i), std::string(static_cast<std::size_t>(i) * 300, 'x'));
    pair.get("/" + std::to_string(i));
  }
  pair.run();

  ASSERT_EQ(pair.answers.size(), 100U);
  for (const auto& [stream, answer] : pair.answers) {
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.content.size(), (stream / 2) * 300);
  }
}

TEST(MultiplexingSession, SendsEqualAnswersOneAfterTheOther) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(100'000, 'x'));
  const StreamId first = pair.get("/big");
  const StreamId second = pair.get("/big");

  EXPECT_EQ(turns_in(pair.run()), (std::vector<StreamId>{first, second}));
}

TEST(MultiplexingSession, InterleavesIncrementalAnswers) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(100'000, 'x'));
  pair.get("/big", {{"priority", "i"}});
  pair.get("/big", {{"priority", "i"}});

  EXPECT_GT(turns_in(pair.run()).size(), 6U);
}

TEST(MultiplexingSession, SendsTheMoreUrgentAnswerFirst) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(100'000, 'x'));
  const StreamId idle = pair.get("/big", {{"priority", "u=7"}});
  const StreamId plain = pair.get("/big");
  const StreamId urgent = pair.get("/big", {{"priority", "u=0"}});

  EXPECT_EQ(turns_in(pair.run()), (std::vector<StreamId>{urgent, plain, idle}));
}

TEST(MultiplexingSession, LetsALateUrgentRequestOvertakeWhatIsNotYetProduced) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(1'000'000, 'x'));
  pair.shelf.put("/small", "at once");
  const StreamId big = pair.get("/big");
  pair.client_speaks();
  pair.server_speaks(64 * 1024);
  const StreamId small = pair.get("/small", {{"priority", "u=1"}});
  pair.client_speaks();

  EXPECT_EQ(turns_in(pair.server_speaks()), (std::vector<StreamId>{small, big}));
}

TEST(MultiplexingSession, StopsProducingAtTheLimit) {
  Http2Pair pair{{}, wide_open()};
  pair.shelf.put("/big", std::string(1'000'000, 'x'));
  pair.get("/big");
  pair.client_speaks();
  ByteQueue out;
  const std::size_t produced = pair.server.produce(out, 64 * 1024, pair.now);

  EXPECT_EQ(produced, out.size());
  EXPECT_GE(produced, 64U * 1024);
  EXPECT_LT(produced, 64U * 1024 + 16384 + 9) << "one frame above the limit at most";
}

// --- flow control ---

TEST(MultiplexingSession, SendsNoMoreThanTheWindowAllows) {
  Http2Pair pair;  // the client's windows are 65,535 bytes
  pair.shelf.put("/big", std::string(200'000, 'x'));
  const StreamId stream = pair.get("/big");
  pair.client_speaks();
  pair.server_speaks();
  EXPECT_EQ(pair.answers[stream].content.size(), 65'535U);
  EXPECT_TRUE(pair.server_speaks().empty());

  pair.run();  // the client reads on, and says so
  EXPECT_EQ(pair.answers[stream].content.size(), 200'000U);
  EXPECT_TRUE(pair.answers[stream].whole);
}

// END_STREAM stands on HEADERS: an empty DATA frame would wait for the window like any other.
TEST(MultiplexingSession, AnswersWithEmptyContentThroughAShutWindow) {
  http2::EndpointOptions shut;
  shut.stream_window_bytes = 0;
  Http2Pair pair{{}, shut};
  pair.shelf.put("/empty", "");
  pair.shelf.on("/summed", [](const http::Request&, http::Responder& responder) {
    http::Response response = http::text_response(200, "text/plain", "");
    response.trailers.add("x-sum", "0");
    responder.respond(std::move(response));
  });
  const StreamId empty = pair.get("/empty");
  const StreamId summed = pair.get("/summed");
  const StreamId head = pair.request("HEAD", "/empty");
  const std::vector<Frame> frames = pair.run();

  EXPECT_EQ(count(frames, Frame::data), 0U);
  EXPECT_TRUE(pair.answers[empty].whole);
  EXPECT_EQ(pair.answers[empty].fields.find("content-length"), "0");
  EXPECT_TRUE(pair.answers[summed].whole);
  EXPECT_EQ(pair.answers[summed].trailers.find("x-sum"), "0");
  EXPECT_TRUE(pair.answers[head].whole);
}

TEST(MultiplexingSession, EndsAConnectionWhoseWindowStaysShut) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/big", std::string(200'000, 'x'));
  pair.get("/big");
  pair.client_speaks();
  pair.server_speaks();
  pair.pass(29s);
  pair.to_server(frame(Frame::ping, 0, 0, "12345678"));  // a ping is no progress
  pair.server_speaks();
  pair.pass(1s);
  pair.server_speaks();

  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
  EXPECT_TRUE(pair.server.finished());
}

// --- the end ---

TEST(MultiplexingSession, DrainsInTwoStepsAndFinishesWhatWasBegun) {
  Http2Pair pair;
  pair.shelf.put("/big", std::string(200'000, 'x'));
  const StreamId stream = pair.get("/big");
  pair.client_speaks();
  pair.server_speaks(16 * 1024);

  pair.server.shut_down(pair.now);
  pair.server_speaks(1);
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].last_stream, all_streams);
  EXPECT_FALSE(pair.server.finished());

  pair.run();
  ASSERT_EQ(pair.goaways.size(), 2U);
  EXPECT_EQ(pair.goaways[1].last_stream, stream);
  EXPECT_EQ(pair.goaways[1].code, ErrorCode::no_error);
  EXPECT_EQ(pair.answers[stream].content.size(), 200'000U);
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, AnswersARequestThatCrossedTheFirstGoaway) {
  Http2Pair pair;
  pair.run();
  pair.server.shut_down(pair.now);
  const StreamId crossing = pair.get("/");
  pair.run();

  EXPECT_EQ(pair.answers[crossing].status, "404");
  EXPECT_EQ(pair.goaways.back().last_stream, crossing);
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, DrainDoesNotWaitForeverForThePing) {
  Http2Pair pair;
  pair.run();
  pair.server.shut_down(pair.now);
  pair.server_speaks();  // and the client stays silent
  pair.pass(1s);
  pair.server_speaks();

  EXPECT_EQ(pair.goaways.size(), 2U);
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, ClosesAnIdleConnectionAfterItsTimeout) {
  Http2Pair pair;
  pair.get("/");
  pair.run();
  pair.pass(59s);
  EXPECT_TRUE(pair.server_speaks().empty());
  EXPECT_EQ(pair.server.next_event(), Instant{} + 60s);
  pair.pass(1s);
  pair.server_speaks();

  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::no_error);
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, EndsAConnectionThatNeverAcknowledgesTheSettings) {
  Http2Pair pair;
  pair.client_speaks();
  EXPECT_EQ(pair.server.next_event(), Instant{} + 10s);
  pair.pass(10s);
  pair.server_speaks();

  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::settings_timeout);
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, AnswersWhatItHasWhenTheClientWillSendNoMore) {
  Http2Pair pair;
  pair.shelf.put("/hello", "good morning");
  const StreamId stream = pair.get("/hello");
  pair.client_speaks();
  pair.server.input_ended(pair.now);
  EXPECT_FALSE(pair.server.finished());
  pair.server_speaks();

  EXPECT_EQ(pair.answers[stream].content, "good morning");
  EXPECT_TRUE(pair.server.finished());
}

// --- hostile peers ---

// Chromium makes a field line of each cookie, and one host's ports share their cookies.
TEST(MultiplexingSession, TakesAnyNumberOfCookiesAsOneField) {
  Http2Pair pair;
  http::Headers crumbs;
  for (int i = 0; i < 500; ++i) crumbs.add("cookie", "c" + std::to_string(i) + "=v");
  std::string cookie;
  pair.shelf.on("/", [&cookie](const http::Request& request, http::Responder& responder) {
    EXPECT_EQ(request.headers.count("cookie"), 1U);
    cookie = request.headers.find("cookie").value_or("");
    responder.respond({});
  });
  const StreamId stream = pair.get("/", crumbs);
  pair.run();

  EXPECT_EQ(pair.answers[stream].status, "200");
  EXPECT_TRUE(cookie.starts_with("c0=v; c1=v; ")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; c499=v")) << cookie;
}

TEST(MultiplexingSession, AnswersARequestAboveALimitAndGoesOn) {
  Http2Pair pair;
  http::Headers many;
  for (int i = 0; i < 101; ++i) many.add("x-" + std::to_string(i), "v");
  const StreamId refused = pair.get("/", many);
  const StreamId next = pair.get("/");
  pair.run();

  EXPECT_EQ(pair.answers[refused].status, "431");
  EXPECT_EQ(pair.answers[next].status, "404") << "the compression state survives";
  EXPECT_EQ(pair.logged(), (std::vector<std::string>{"GET / 431 43", "GET / 404 9"}));
}

// The stream limit binds a client only once it has acknowledged it: this one never does.
TEST(MultiplexingSession, RefusesMoreStreamsThanItAllowedFromTheStart) {
  Http2Pair pair;
  for (int i = 0; i < 300; ++i) pair.get("/");
  pair.client_speaks();
  pair.server_speaks();

  EXPECT_EQ(pair.shelf.requests.size(), 100U);
  EXPECT_TRUE(pair.goaways.empty() || pair.goaways[0].code == ErrorCode::enhance_your_calm);
}

TEST(MultiplexingSession, TakesNoMoreInputWhileItsAnswersPileUp) {
  server::http2::Options options;
  options.endpoint.max_concurrent_streams = 100'000;
  Http2Pair pair{options};
  pair.client_speaks();
  std::uint32_t taken = 0;
  while (pair.server.wants_input() && taken < 100'000) {
    pair.to_server(frame(Frame::headers, 0x5, 2 * taken++ + 1,
                         std::string{"\x82\x87\x04\x01/\x01\x09localhost", 16}));
  }
  EXPECT_LE(taken, 1000U);
  pair.server_speaks();
  EXPECT_TRUE(pair.server.wants_input());
}

TEST(MultiplexingSession, ReadsPastASmallUploadThatNobodyWants) {
  Http2Pair pair;
  const auto small = std::make_shared<const std::string>(std::string(10'000, 'u'));
  const StreamId stream = pair.request("POST", "/", {}, std::make_unique<http::SharedBody>(small));
  const std::vector<Frame> frames = pair.run();

  EXPECT_EQ(pair.answers[stream].status, "404");
  EXPECT_EQ(count(frames, Frame::rst_stream), 0U);
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::no_error);
}

TEST(MultiplexingSession, StopsAnUploadThatNobodyWants) {
  server::http2::Options options;
  options.endpoint.unwanted_content_bytes = 32 * 1024;
  Http2Pair pair{options};
  auto endless = std::make_shared<const std::string>(std::string(10'000'000, 'u'));
  const StreamId stream =
      pair.request("POST", "/", {}, std::make_unique<http::SharedBody>(endless));
  const std::vector<Frame> frames = pair.run();

  EXPECT_EQ(pair.answers[stream].status, "404");
  EXPECT_EQ(count(frames, Frame::rst_stream), 1U);
  EXPECT_EQ(pair.answers[stream].closed, ErrorCode::no_error);
  EXPECT_FALSE(pair.server.finished());
}

TEST(MultiplexingSession, RefusesAnythingButThePreface) {
  Http2Pair pair;
  pair.to_server("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_FALSE(pair.server_status.ok());
  EXPECT_TRUE(pair.server.finished());
}

TEST(MultiplexingSession, SaysGoawayToAFrameOutOfPlace) {
  Http2Pair pair;
  pair.run();
  pair.to_server(frame(Frame::data, 0, 1, "data on an idle stream"));
  pair.server_speaks();

  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::protocol_error);
  EXPECT_TRUE(pair.server.finished());
}

}  // namespace
}  // namespace muxlab::test
