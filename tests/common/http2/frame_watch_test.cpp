#include "common/http2/frame_watch.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using http2::FrameWatch;

std::uint64_t glitches_in(const std::string& bytes) {
  FrameWatch counter{0};
  counter.received(bytes_of(bytes));
  return counter.glitches();
}

TEST(FrameWatch, CountsFramesThatCarryNothing) {
  EXPECT_EQ(glitches_in(frame(Frame::ping, 0, 0, "12345678")), 1U);
  EXPECT_EQ(glitches_in(frame(Frame::ping, 1, 0, "12345678")), 0U) << "an answer to ours";
  EXPECT_EQ(glitches_in(frame(Frame::data, 0, 1, "")), 1U);
  EXPECT_EQ(glitches_in(frame(Frame::data, 1, 1, "")), 0U) << "it ends the stream";
  EXPECT_EQ(glitches_in(frame(Frame::data, 0, 1, "x")), 0U);
  EXPECT_EQ(glitches_in(frame(0xbb, 0, 1, "x")), 1U);
}

TEST(FrameWatch, SkipsThePrefaceAndPayloads) {
  FrameWatch counter{24};
  counter.received(bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  counter.received(bytes_of(frame(Frame::data, 0, 1, frame(Frame::ping, 0, 0, "12345678"))));
  EXPECT_EQ(counter.glitches(), 0U);
}

TEST(FrameWatch, LetsRequestsAndDataEarnTheirControlFrames) {
  FrameWatch counter{0};
  const std::string update = frame(Frame::window_update, 0, 0, std::string(4, '\1'));
  for (int i = 0; i < 100; ++i) counter.received(bytes_of(update));
  EXPECT_EQ(counter.glitches(), 0U);
  counter.received(bytes_of(update));
  EXPECT_EQ(counter.glitches(), 1U);
  counter.data_sent();
  for (int i = 0; i < 10; ++i) counter.received(bytes_of(update));
  EXPECT_EQ(counter.glitches(), 1U);
}

TEST(FrameWatch, DoesNotMindHowItsInputIsCut) {
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    bytes += frame(Frame::ping, 0, 0, "12345678") +
             frame(Frame::data, 0, 1, std::string(static_cast<std::size_t>(i) * 7, 'x'));
  }
  std::mt19937 random{3};
  for (int round = 0; round < 50; ++round) {
    FrameWatch counter{0};
    for (std::size_t at = 0; at < bytes.size();) {
      const std::string piece = bytes.substr(at, 1 + random() % 30);
      counter.received(bytes_of(piece));
      at += piece.size();
    }
    ASSERT_EQ(counter.glitches(), 51U) << "50 pings and one empty DATA";
  }
}

TEST(FrameWatch, ReadsTheOldPrioritiesOfChromium) {
  FrameWatch watch{0};
  // HEADERS, padded and with priority: exclusive on stream 0, weight 147; then PRIORITY: weight 220
  // on stream 3.
  const std::string headers =
      frame(Frame::headers, 0x2d, 5, std::string{"\x01\x80\0\0\0\x92\x82p", 8});
  const std::string raised = frame(Frame::priority, 0, 5, std::string{"\0\0\0\x03\xdb", 5});
  for (const char byte : headers + raised) watch.received(bytes_of({&byte, 1}));
  const auto priorities = watch.take_old_priorities();

  ASSERT_EQ(priorities.size(), 2U);
  EXPECT_EQ(priorities[0].stream, 5U);
  EXPECT_EQ(priorities[0].depends_on, 0U);
  EXPECT_EQ(priorities[0].weight, 147);
  EXPECT_TRUE(priorities[0].exclusive);
  EXPECT_EQ(priorities[1].depends_on, 3U);
  EXPECT_EQ(priorities[1].weight, 220);
  EXPECT_FALSE(priorities[1].exclusive);
}

TEST(FrameWatch, KnowsWhetherAHeaderBlockIsStillComing) {
  FrameWatch watch{0};
  const std::string begun = frame(Frame::headers, 0x1, 1, "abc");
  watch.received(bytes_of(begun));
  EXPECT_EQ(watch.open_header_block(), 1U);
  const std::string ended = frame(Frame::continuation, 0x4, 1, "def");
  watch.received(bytes_of(ended).first(ended.size() - 1));
  EXPECT_EQ(watch.open_header_block(), 1U);
  watch.received(bytes_of(ended).last(1));
  EXPECT_EQ(watch.open_header_block(), 0U);
}

}  // namespace
}  // namespace muxlab::test
