// The client's HTTP/2 session alone: what it says before it has heard anything.
#include "client/http2_session.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

// A SETTINGS frame's values by their ids (RFC 9113 section 6.5.1).
std::map<int, std::uint32_t> settings_in(const Frame& frame) {
  std::map<int, std::uint32_t> settings;
  for (std::size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
    settings[frame.payload[at + 1]] = frame.number_at(at + 2);
  }
  return settings;
}

TEST(ClientHttp2Session, SaysABrowsersSettingsAndItsFirstRequestAtOnce) {
  client::FetchBoard board{{.index = "/", .objects = {}}, Instant{}};
  const ConnectionFacts facts;
  client::Http2Session session{
      board, facts, {.authority = "localhost"}, client::browser_endpoint, Instant{}};
  ByteQueue out;
  session.produce(out, 16384, Instant{});
  const std::string said = drain_to_text(out);
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  ASSERT_TRUE(said.starts_with(preface));

  const std::vector<Frame> frames = frames_in(std::string_view{said}.substr(preface.size()));
  ASSERT_EQ(frames.size(), 3u);
  ASSERT_EQ(frames[0].type, Frame::settings);
  auto settings = settings_in(frames[0]);
  EXPECT_EQ(settings[1], 65536u) << "HEADER_TABLE_SIZE";
  EXPECT_EQ(settings[2], 0u) << "ENABLE_PUSH";
  EXPECT_EQ(settings[4], 6291456u) << "INITIAL_WINDOW_SIZE";
  EXPECT_EQ(settings[6], 262144u) << "MAX_HEADER_LIST_SIZE";
  ASSERT_EQ(frames[1].type, Frame::window_update);
  EXPECT_EQ(frames[1].number_at(0), 15663105u);
  EXPECT_EQ(frames[2].type, Frame::headers);
  EXPECT_TRUE(frames[2].end_stream());
  EXPECT_EQ(board[0].sent, Instant{});
}

}  // namespace
}  // namespace muxlab::test
