#include <gmock/gmock.h>

#include "common/trace/analysis.h"
#include "tests/common/trace/trace_builder.h"

namespace muxlab::test {
namespace {

using trace::WindowState;

constexpr std::uint16_t initial_window_size = 4;

MATCHER_P2(Is, connection, stream, "") {
  return arg.connection == connection && arg.stream == std::optional<std::int64_t>{stream};
}
MATCHER_P(IsOfConnection, connection, "") {
  return arg.connection == connection && !arg.stream;
}

TEST(Windows, AreSeenByTheServerBeforeTheyAreByTheClient) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/", 0ms, 10ms);
  connection.content(1, std::string(1000, 'x'), 10ms, 20ms);
  connection.content(1, std::string(500, 'x'), 15ms, 25ms);
  // Sent when the first DATA had landed and the second had not.
  connection.window_update(Direction::up, 1, 1000, 20ms, 30ms);
  connection.window_update(Direction::up, 0, 1000, 26ms, 36ms);
  const auto views = trace::windows(*connection.built());

  ASSERT_EQ(views.size(), 5U);
  EXPECT_FALSE(views[0]) << "HEADERS need no window";
  EXPECT_THAT(views[1]->server, Is(64535, 64535));
  EXPECT_THAT(*views[1]->client, Is(64535, 64535));
  EXPECT_THAT(views[2]->server, Is(64035, 64035));
  EXPECT_THAT(*views[2]->client, Is(64035, 65035)) << "it has raised the stream's already";
  EXPECT_THAT(views[3]->server, Is(64035, 65035));
  EXPECT_THAT(*views[3]->client, Is(64535, 65535));
  EXPECT_THAT(views[4]->server, IsOfConnection(65035));
  EXPECT_THAT(*views[4]->client, IsOfConnection(65035));
}

TEST(Windows, OfAllStreamsChangeWithTheInitialOne) {
  ConnectionBuilder connection{Protocol::http2};
  connection.content(connection.request(1, "/", 0ms, 1ms).stream, std::string(100, 'x'), 2ms, 3ms);
  connection.settings(Direction::up, {{initial_window_size, 50}}, 4ms, 5ms);
  connection.request(3, "/b", 5ms, 6ms);
  connection.content(1, "", 7ms, 8ms);
  connection.content(3, "1234567890", 7ms, 8ms);
  const auto views = trace::windows(*connection.built());

  EXPECT_THAT(views[2]->server, IsOfConnection(65435));
  EXPECT_THAT(views[4]->server, Is(65435, -50)) << "RFC 9113 section 6.9.2: it may be negative";
  EXPECT_THAT(views[5]->server, Is(65425, 40));
}

TEST(Windows, GoBothWays) {
  ConnectionBuilder connection{Protocol::http2};
  connection.frame(Direction::up, trace::FrameType::data, 0, 1, "1234", 0ms, 5ms);
  connection.window_update(Direction::down, 1, 4, 5ms, 10ms);
  const auto views = trace::windows(*connection.built());
  EXPECT_THAT(views[0]->server, Is(65531, 65531));
  EXPECT_THAT(views[1]->server, Is(65531, 65535));
}

TEST(Windows, AreNotSeenByAClientThatADataFrameNeverReached) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/", 0ms, 1ms);
  connection.content(1, "1234", 2ms, std::nullopt);
  const auto views = trace::windows(*connection.built());
  EXPECT_THAT(views[1]->server, Is(65531, 65531));
  EXPECT_FALSE(views[1]->client);
}

TEST(Windows, AreNoneInHttp1) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/", 0ms, 1ms);
  connection.head(1, "text/plain", 2ms, 3ms, 4);
  connection.content(1, "1234", 2ms, 3ms, true);
  EXPECT_THAT(trace::windows(*connection.built()), testing::Each(testing::Eq(std::nullopt)));
}

}  // namespace
}  // namespace muxlab::test
