#include "common/http2/endpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using http2::Endpoint;
using http2::EndpointOptions;
using http2::Event;
using http2::Role;

constexpr std::size_t unlimited = 1 << 30;

const http::Headers request_for_root{
    {":method", "GET"}, {":scheme", "https"}, {":authority", "localhost"}, {":path", "/"}};

std::string say(Endpoint& endpoint) {
  ByteQueue out;
  endpoint.produce(out, unlimited);
  return drain_to_text(out);
}

template <typename Kind>
std::vector<Kind> only(const std::vector<Event>& events) {
  std::vector<Kind> chosen;
  for (const Event& event : events) {
    if (const auto* kind = std::get_if<Kind>(&event)) chosen.push_back(*kind);
  }
  return chosen;
}

// Content that comes when the test says so.
class Tap final : public http::Body {
 public:
  explicit Tap(std::string& source) : source_(source) {}
  http::ReadOutcome read(MutableBytes room) override {
    using Kind = http::ReadOutcome::Kind;
    if (source_.empty()) return {Kind::waiting};
    if (source_ == "broken") return {Kind::failed};
    const std::size_t count = std::min(room.size(), source_.size());
    std::copy_n(source_.begin(), count, room.begin());
    source_.erase(0, count);
    return {Kind::some, count};
  }

 private:
  std::string& source_;
};

struct Ends {
  Endpoint server{Role::server, {}};
  Endpoint client{Role::client, {}};

  std::vector<Event> to_server() {
    const std::string bytes = say(client);
    EXPECT_TRUE(server.receive(bytes_of(bytes)).ok());
    return server.take_events();
  }
  std::vector<Event> to_client() {
    last_from_server = say(server);
    EXPECT_TRUE(client.receive(bytes_of(last_from_server)).ok());
    return client.take_events();
  }

  std::string last_from_server;
};

TEST(Endpoint, TurnsARequestIntoOneEvent) {
  Ends ends;
  const auto stream = ends.client.request(request_for_root, nullptr);
  const auto received = only<http2::HeadersReceived>(ends.to_server());

  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].stream, stream.value());
  EXPECT_TRUE(received[0].end_stream);
  EXPECT_EQ(received[0].fields.find(":path"), "/");
}

TEST(Endpoint, SendsContentAsItComes) {
  Ends ends;
  std::string source;
  ends.client.request(request_for_root, nullptr).value();
  ends.to_server();
  ends.server.respond(1, 200, {}, std::make_unique<Tap>(source));

  EXPECT_TRUE(only<http2::ContentReceived>(ends.to_client()).empty());
  source = "at last";
  const auto content = only<http2::ContentReceived>(ends.to_client());
  ASSERT_EQ(content.size(), 1U);
  EXPECT_EQ(text_of(content[0].content), "at last");
}

TEST(Endpoint, ResetsAStreamWhoseContentFails) {
  Ends ends;
  std::string source = "broken";
  ends.client.request(request_for_root, nullptr).value();
  ends.to_server();
  ends.server.respond(1, 200, {}, std::make_unique<Tap>(source));
  const auto closed = only<http2::StreamClosed>(ends.to_client());

  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].code, http2::ErrorCode::internal_error);
}

TEST(Endpoint, FillsWholeBlocksWithDataFrames) {
  EndpointOptions wide;
  wide.stream_window_bytes = wide.connection_window_bytes = 10'000'000;
  Endpoint server{Role::server, {}};
  Endpoint client{Role::client, wide};
  client.request(request_for_root, nullptr).value();
  ASSERT_TRUE(server.receive(bytes_of(say(client))).ok());
  server.respond(
      1, 200, {},
      std::make_unique<http::SharedBody>(std::make_shared<const std::string>(1'000'000, 'x')));
  ByteQueue out;
  server.produce(out, unlimited);
  out.consume(out.front().size());  // SETTINGS, HEADERS and the first DATA

  ASSERT_GT(out.size(), 500'000U);
  EXPECT_EQ(out.front().size(), ByteQueue::block_bytes);
  const std::vector<Frame> frames = frames_in(text_of(out.front()));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].payload.size(), ByteQueue::block_bytes - 9);
}

TEST(Endpoint, CountsTheContentThatWasSent) {
  Ends ends;
  ends.client.request(request_for_root, nullptr).value();
  ends.to_server();
  ends.server.respond(
      1, 200, {},
      std::make_unique<http::SharedBody>(std::make_shared<const std::string>("twelve bytes")));
  ends.to_client();
  const auto closed = only<http2::StreamClosed>(ends.server.take_events());

  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].sent_bytes, 12U);
  EXPECT_TRUE(closed[0].sent_whole);
  EXPECT_EQ(ends.server.open_streams(), 0U);
}

TEST(Endpoint, AnswersToAStreamThatIsGoneAreNoError) {
  Ends ends;
  ends.client.request(request_for_root, nullptr).value();
  ends.to_server();
  ends.client.reset(1, http2::ErrorCode::cancel);
  EXPECT_EQ(only<http2::StreamClosed>(ends.to_server()).size(), 1U);
  ends.server.respond(1, 200, {}, nullptr);

  EXPECT_TRUE(only<http2::HeadersReceived>(ends.to_client()).empty());
  EXPECT_FALSE(ends.server.finished());
}

TEST(Endpoint, KnowsWhenItsSettingsWereAcknowledged) {
  Ends ends;
  ends.to_server();
  EXPECT_FALSE(ends.server.settings_acknowledged());
  ends.to_client();
  ends.to_server();
  EXPECT_TRUE(ends.server.settings_acknowledged());
}

TEST(Endpoint, OpensNoMoreStreamsThanThePeerAllows) {
  Ends ends;
  ends.to_server();
  ends.to_client();
  for (int i = 0; i < 150; ++i) ends.client.request(request_for_root, nullptr).value();

  EXPECT_EQ(only<http2::HeadersReceived>(ends.to_server()).size(), 100U);
}

TEST(Endpoint, SendsThePingBehindTheShutdownNotice) {
  Ends ends;
  ends.to_client();
  ends.server.announce_shutdown();
  ends.to_client();
  const std::vector<Frame> frames = frames_in(ends.last_from_server);

  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].type, Frame::goaway);
  EXPECT_EQ(frames[1].type, Frame::ping);
}

TEST(Endpoint, KnowsHowManyStreamsItsPeerAllows) {
  EndpointOptions few;
  few.max_concurrent_streams = 7;
  Endpoint server{Role::server, few};
  Endpoint client{Role::client, {}};
  EXPECT_EQ(client.peer_max_concurrent_streams(), 100u) << "before it has said so";
  EXPECT_TRUE(client.receive(bytes_of(say(server))).ok());
  EXPECT_EQ(client.peer_max_concurrent_streams(), 7u);
}

}  // namespace
}  // namespace muxlab::test
