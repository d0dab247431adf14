// Each type of HTTP/2 frame, as the tap shows it.
#include <gmock/gmock.h>

#include <array>
#include <string>
#include <utility>
#include <variant>

#include "server/tap/http2_frame.h"
#include "tests/support/http2_frames.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

using server::tap::News;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using trace::FrameType;

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view get = "\x82\x86\x84\x41\x0fwww.example.com";

// A client that has said hello.
struct Http2Watched : Watched {
  Http2Watched() {
    secure("h2");
    up(preface);
  }

  // What a frame from the server, or the client, was shown as.
  const trace::Frame& shown_down(std::string_view bytes) {
    down(bytes);
    return last();
  }
  const trace::Frame& shown_up(std::string_view bytes) {
    up(bytes);
    return last();
  }
  const trace::Frame& last() const {
    EXPECT_EQ(trace.trouble, "");
    return trace.frames.back();
  }
};

template <typename Detail>
const Detail& detail_of(const trace::Frame& frame) {
  return std::get<Detail>(frame.detail);
}

TEST(Http2Frames, ThePreface) {
  Http2Watched watched;
  const trace::Frame& shown = watched.last();
  EXPECT_EQ(shown.type, FrameType::preface);
  EXPECT_EQ(shown.direction, Direction::up);
  EXPECT_EQ(shown.length, 24U);
  EXPECT_EQ(shown.plain_begin, 0U);
  EXPECT_EQ(shown.plain_end, 24U);
  EXPECT_EQ(watched.trace.protocol, Protocol::http2);
}

TEST(Http2Frames, DataWithPadding) {
  Http2Watched watched;
  watched.up(frame(Frame::headers, 0x5, 1, get));
  const std::string payload = std::string{"\x03"} + "hello" + std::string(3, '\0');
  const trace::Frame& shown = watched.shown_down(frame(Frame::data, 0x9, 1, payload));
  EXPECT_EQ(shown.type, FrameType::data);
  EXPECT_EQ(shown.code, 0);
  EXPECT_EQ(shown.flags, 0x9);
  EXPECT_EQ(shown.stream, 1U);
  EXPECT_EQ(shown.length, 9U);
  EXPECT_EQ(shown.plain_end - shown.plain_begin, 18U);
  EXPECT_EQ(detail_of<trace::DataDetail>(shown).padding, 4U);
  EXPECT_EQ(watched.exchange(0).body, 5U);
}

TEST(Http2Frames, HeadersWithPaddingAndDependency) {
  Http2Watched watched;
  const std::string payload =
      std::string("\x02\x80\x00\x00\x03\x0f", 6) + std::string{get} + std::string(2, '\0');
  const trace::Frame& shown = watched.shown_up(frame(Frame::headers, 0x2d, 5, payload));
  const auto& detail = detail_of<trace::HeadersDetail>(shown);
  EXPECT_EQ(shown.type, FrameType::headers);
  EXPECT_EQ(detail.padding, 3U);
  ASSERT_TRUE(detail.dependency);
  EXPECT_EQ(detail.dependency->stream, 3U);
  EXPECT_TRUE(detail.dependency->exclusive);
  EXPECT_EQ(detail.dependency->weight, 16);
  ASSERT_TRUE(detail.block);
  EXPECT_EQ(detail.block->encoded_bytes, get.size());
  EXPECT_EQ(detail.block->fields.size(), 4U);
  EXPECT_EQ(detail.block->table->entries, 1U);
  EXPECT_EQ(watched.exchange(0).request_headers, payload.size() + 9);
}

TEST(Http2Frames, AHeaderBlockBelongsToTheFrameThatBeganIt) {
  Http2Watched watched;
  watched.up(frame(Frame::headers, 0x1, 1, get.substr(0, 7)));
  EXPECT_EQ(watched.trace.frames.size(), 1U) << "shown once it is whole";
  watched.up(frame(Frame::continuation, 0, 1, ""));
  watched.up(frame(Frame::continuation, 0x4, 1, get.substr(7)));
  ASSERT_EQ(watched.trace.frames.size(), 4U);
  const auto& detail = detail_of<trace::HeadersDetail>(watched.frame(1));
  ASSERT_TRUE(detail.block);
  EXPECT_EQ(detail.block->encoded_bytes, get.size());
  EXPECT_EQ(watched.frame(1).length, 7U);
  EXPECT_EQ(watched.frame(2).type, FrameType::continuation);
  EXPECT_EQ(watched.frame(3).type, FrameType::continuation);
  EXPECT_LT(watched.frame(1).landed, watched.frame(3).landed);
  EXPECT_EQ(watched.exchange(0).request_headers, get.size() + 3 * 9);
  EXPECT_EQ(watched.exchange(0).received, watched.frame(3).landed);
}

TEST(Http2Frames, AHeaderBlockThatIsNeverWholeIsShownUndecoded) {
  Http2Watched watched;
  watched.up(frame(Frame::headers, 0, 1, get));
  watched.end(EndedBy::client);
  EXPECT_EQ(watched.last().type, FrameType::headers);
  EXPECT_FALSE(detail_of<trace::HeadersDetail>(watched.last()).block);
  EXPECT_THAT(watched.trace.exchanges, IsEmpty());
}

TEST(Http2Frames, Priority) {
  Http2Watched watched;
  const trace::Frame& shown =
      watched.shown_up(frame(Frame::priority, 0, 3, std::string_view{"\0\0\0\x01\xff", 5}));
  const auto& dependency = detail_of<trace::PriorityDetail>(shown).dependency;
  EXPECT_EQ(dependency.stream, 1U);
  EXPECT_FALSE(dependency.exclusive);
  EXPECT_EQ(dependency.weight, 256);
}

TEST(Http2Frames, RstStream) {
  Http2Watched watched;
  const trace::Frame& shown =
      watched.shown_up(frame(Frame::rst_stream, 0, 3, std::string_view{"\0\0\0\x08", 4}));
  EXPECT_EQ(shown.type, FrameType::rst_stream);
  EXPECT_EQ(detail_of<trace::ErrorDetail>(shown).code, 8U);
}

TEST(Http2Frames, SettingsInTheirOrder) {
  Http2Watched watched;
  const std::string payload("\0\x04\0\0\xff\xff\0\x01\0\0\x10\0\x0a\x0a\0\0\0\x01", 18);
  const trace::Frame& shown = watched.shown_down(frame(Frame::settings, 0, 0, payload));
  EXPECT_THAT(detail_of<trace::SettingsDetail>(shown).settings,
              ElementsAre(Pair(4, 65535U), Pair(1, 4096U), Pair(0x0a0a, 1U)));
  EXPECT_EQ(watched.shown_up(frame(Frame::settings, 1, 0, "")).flags, 1);
}

TEST(Http2Frames, PushPromise) {
  Http2Watched watched;
  watched.up(frame(Frame::headers, 0x5, 1, get));
  const std::string payload = std::string("\x01\0\0\0\x02", 5) + std::string{get} + '\0';
  const trace::Frame& shown = watched.shown_down(frame(Frame::push_promise, 0xc, 1, payload));
  const auto& detail = detail_of<trace::HeadersDetail>(shown);
  EXPECT_EQ(shown.type, FrameType::push_promise);
  EXPECT_EQ(detail.promised_stream, 2U);
  EXPECT_EQ(detail.padding, 2U);
  ASSERT_TRUE(detail.block);
  EXPECT_EQ(detail.block->table->entries, 1U) << "the table of the way down";
}

TEST(Http2Frames, Ping) {
  Http2Watched watched;
  const trace::Frame& shown = watched.shown_up(frame(Frame::ping, 0, 0, "abcdefgh"));
  const std::array<std::uint8_t, 8> sent{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'};
  EXPECT_EQ(detail_of<trace::PingDetail>(shown).opaque, sent);
}

TEST(Http2Frames, Goaway) {
  Http2Watched watched;
  const std::string payload(
      "\0\0\0\x07\0\0\0\x0b"
      "enough",
      14);
  const auto& detail =
      detail_of<trace::ErrorDetail>(watched.shown_down(frame(Frame::goaway, 0, 0, payload)));
  EXPECT_EQ(detail.last_stream, 7U);
  EXPECT_EQ(detail.code, 11U);
  EXPECT_EQ(detail.debug, "enough");
}

TEST(Http2Frames, WindowUpdate) {
  Http2Watched watched;
  const trace::Frame& shown =
      watched.shown_up(frame(Frame::window_update, 0, 0, std::string_view{"\x80\0\0\x05", 4}));
  EXPECT_EQ(detail_of<trace::WindowUpdateDetail>(shown).increment, 5U);
}

TEST(Http2Frames, PriorityUpdate) {
  Http2Watched watched;
  const std::string payload("\0\0\0\x05u=1, i", 10);
  const trace::Frame& shown = watched.shown_up(frame(0x10, 0, 0, payload));
  EXPECT_EQ(shown.type, FrameType::priority_update);
  EXPECT_EQ(detail_of<trace::PriorityUpdateDetail>(shown).stream, 5U);
  EXPECT_EQ(detail_of<trace::PriorityUpdateDetail>(shown).value, "u=1, i");
}

TEST(Http2Frames, Altsvc) {
  Http2Watched watched;
  const std::string payload("\0\x0bhttps://a.bh3=\":443\"", 22);
  const trace::Frame& shown = watched.shown_down(frame(0xa, 0, 0, payload));
  EXPECT_EQ(shown.type, FrameType::altsvc);
  EXPECT_EQ(detail_of<trace::AltsvcDetail>(shown).origin, "https://a.b");
  EXPECT_EQ(detail_of<trace::AltsvcDetail>(shown).value, "h3=\":443\"");
}

TEST(Http2Frames, Origin) {
  Http2Watched watched;
  const std::string payload("\0\x0bhttps://a.b\0\x0bhttps://c.d", 26);
  const trace::Frame& shown = watched.shown_down(frame(0xc, 0, 0, payload));
  EXPECT_EQ(shown.type, FrameType::origin);
  EXPECT_THAT(detail_of<trace::OriginDetail>(shown).origins,
              ElementsAre("https://a.b", "https://c.d"));
}

TEST(Http2Frames, AnUnknownOneKeepsItsCode) {
  Http2Watched watched;
  const trace::Frame& shown = watched.shown_up(frame(0xbb, 0x7f, 9, "grease"));
  EXPECT_EQ(shown.type, FrameType::unknown);
  EXPECT_EQ(shown.code, 0xbb);
  EXPECT_EQ(shown.flags, 0x7f);
  EXPECT_EQ(shown.stream, 9U);
  EXPECT_EQ(shown.length, 6U);
}

TEST(Http2Frames, EachIsToldOnce) {
  Http2Watched watched;
  watched.up(frame(Frame::ping, 0, 0, "abcdefgh") + frame(Frame::ping, 0, 0, "abcdefgh"));
  EXPECT_EQ(watched.told(News::What::frame), 3U);
  EXPECT_EQ(watched.news.back().index, 2U);
  EXPECT_EQ(watched.frame(1).plain_begin, 24U);
  EXPECT_EQ(watched.frame(2).plain_begin, 41U);
  EXPECT_EQ(watched.frame(2).plain_end, 58U);
}

TEST(Http2Frames, LongTextIsCutAndCounted) {
  Http2Watched watched;
  const std::string payload = std::string(8, '\0') + std::string(5000, 'x');
  const trace::Frame& shown = watched.shown_down(frame(Frame::goaway, 0, 0, payload));
  EXPECT_EQ(shown.length, 5008U);
  EXPECT_EQ(detail_of<trace::ErrorDetail>(shown).debug.size(), server::tap::most_text_bytes - 8);
}

// --- The limits of SETTINGS

std::string setting(std::uint16_t identifier, std::uint32_t value) {
  const auto byte = [](std::uint32_t number) { return static_cast<char>(number & 0xff); };
  return {byte(identifier >> 8U), byte(identifier), byte(value >> 24),
          byte(value >> 16),      byte(value >> 8), byte(value)};
}

TEST(Http2Frames, ALongFrameNeedsThePeersLeave) {
  const std::string data = frame(Frame::data, 0, 1, std::string(20000, 'x'));
  Http2Watched without;
  without.down(data);
  EXPECT_THAT(without.trace.trouble, HasSubstr("longer than the 16384 allowed"));

  Http2Watched with;
  with.up(frame(Frame::settings, 0, 0, setting(5, 20000)));
  EXPECT_EQ(with.shown_down(data).length, 20000U);
}

TEST(Http2Frames, ATableSizeHoldsOnceItIsAcknowledged) {
  const std::string larger = "\x3f\xe2\x1f\x82\x86\x84";  // 4097
  Http2Watched early;
  early.down(frame(Frame::settings, 0, 0, setting(1, 8192)));
  early.up(frame(Frame::headers, 0x5, 1, larger));
  EXPECT_THAT(early.trace.trouble, HasSubstr("header block"));

  Http2Watched watched;
  watched.down(frame(Frame::settings, 0, 0, setting(1, 8192)));
  watched.up(frame(Frame::settings, 0x1, 0, ""));
  const auto& detail =
      detail_of<trace::HeadersDetail>(watched.shown_up(frame(Frame::headers, 0x5, 1, larger)));
  EXPECT_THAT(detail.block->size_updates, ElementsAre(4097U));
  EXPECT_EQ(detail.block->table->limit, 4097U);
}

TEST(Http2Frames, EachDirectionsTableFollowsTheOthersSettings) {
  Http2Watched watched;
  watched.up(frame(Frame::settings, 0, 0, setting(1, 8192)));
  watched.down(frame(Frame::settings, 0x1, 0, ""));
  watched.up(frame(Frame::headers, 0x5, 1, get));
  const std::string answer = "\x3f\xe2\x1f\x88";
  const auto& detail =
      detail_of<trace::HeadersDetail>(watched.shown_down(frame(Frame::headers, 0x5, 1, answer)));
  EXPECT_EQ(detail.block->table->limit, 4097U);
}

TEST(Http2Frames, OfSeveralTableSizesTheLeastCounts) {
  Http2Watched watched;
  watched.up(frame(Frame::headers, 0x5, 1, get));
  watched.down(frame(Frame::settings, 0, 0, setting(1, 0) + setting(1, 4096)));
  watched.up(frame(Frame::settings, 0x1, 0, ""));
  const std::string block = "\x20\x3f\xe1\x1f\x82\x86\x84";  // 0, then 4096
  const auto& detail =
      detail_of<trace::HeadersDetail>(watched.shown_up(frame(Frame::headers, 0x5, 3, block)));
  EXPECT_THAT(detail.block->size_updates, ElementsAre(0U, 4096U));
  EXPECT_EQ(detail.block->table->evicted, 1U);
}

// --- What is no frame

struct Broken {
  const char* what;
  std::string bytes;
};

TEST(Http2Frames, MakeItGoQuietWhereTheyAreBroken) {
  const std::string header_of_17_mib("\xff\xff\xff\x00\x00\0\0\0\x01", 9);
  const std::vector<Broken> all{
      {"too long", header_of_17_mib},
      {"PING of 7", frame(Frame::ping, 0, 0, "abcdefg")},
      {"RST_STREAM of 3", frame(Frame::rst_stream, 0, 1, "abc")},
      {"PRIORITY of 6", frame(Frame::priority, 0, 1, "abcdef")},
      {"WINDOW_UPDATE of 5", frame(Frame::window_update, 0, 1, "abcde")},
      {"SETTINGS of 5", frame(Frame::settings, 0, 0, "abcde")},
      {"SETTINGS acknowledged with some", frame(Frame::settings, 1, 0, "abcdef")},
      {"GOAWAY of 7", frame(Frame::goaway, 0, 0, "abcdefg")},
      {"PRIORITY_UPDATE of 3", frame(0x10, 0, 0, "abc")},
      {"ALTSVC of 1", frame(0xa, 0, 0, "a")},
      {"ALTSVC whose origin does not fit", frame(0xa, 0, 0, "abc")},
      {"padding without a length", frame(Frame::data, 8, 1, "")},
      {"more padding than frame", frame(Frame::data, 8, 1,
                                        "\x05"
                                        "abc")},
      {"more padding than HEADERS", frame(Frame::headers, 0xc, 1,
                                          "\x05"
                                          "abc")},
      {"no room for a dependency", frame(Frame::headers, 0x24, 1, "abc")},
      {"no room for a promise", frame(Frame::push_promise, 0x4, 1, "abc")},
      {"CONTINUATION of nothing", frame(Frame::continuation, 0x4, 1, "abc")},
      {"PING in a header block",
       frame(Frame::headers, 0, 1, "\x82") + frame(Frame::ping, 0, 0, "abcdefgh")},
      {"CONTINUATION of another stream",
       frame(Frame::headers, 0, 1, "\x82") + frame(Frame::continuation, 4, 3, "\x84")},
      {"HPACK's index 0", frame(Frame::headers, 5, 1, "\x80")}};
  for (const auto& [what, bytes] : all) {
    Http2Watched watched;
    watched.up(bytes);
    EXPECT_NE(watched.trace.trouble, "") << what;
    EXPECT_EQ(watched.told(News::What::gave_up), 1U) << what;
    const std::size_t frames = watched.trace.frames.size();
    watched.up(frame(Frame::ping, 0, 0, "abcdefgh"));
    watched.down("anything");
    watched.end();
    EXPECT_EQ(watched.trace.frames.size(), frames) << what;
    EXPECT_EQ(watched.told(News::What::gave_up), 1U) << what;
    EXPECT_EQ(watched.told(News::What::closed), 1U) << what;
    EXPECT_EQ(watched.trace.plain_bytes[0], 8U) << what << ": it still counts";
  }
}

}  // namespace
}  // namespace muxlab::test
