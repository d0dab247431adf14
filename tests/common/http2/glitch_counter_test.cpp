#include "common/http2/glitch_counter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using http2::GlitchCounter;

std::uint64_t glitches_in(const std::string& bytes) {
  GlitchCounter counter{0};
  counter.received(bytes_of(bytes));
  return counter.count();
}

TEST(GlitchCounter, CountsFramesThatCarryNothing) {
  EXPECT_EQ(glitches_in(frame(Frame::ping, 0, 0, "12345678")), 1U);
  EXPECT_EQ(glitches_in(frame(Frame::ping, 1, 0, "12345678")), 0U) << "an answer to ours";
  EXPECT_EQ(glitches_in(frame(Frame::data, 0, 1, "")), 1U);
  EXPECT_EQ(glitches_in(frame(Frame::data, 1, 1, "")), 0U) << "it ends the stream";
  EXPECT_EQ(glitches_in(frame(Frame::data, 0, 1, "x")), 0U);
  EXPECT_EQ(glitches_in(frame(0xbb, 0, 1, "x")), 1U);
}

TEST(GlitchCounter, SkipsThePrefaceAndPayloads) {
  GlitchCounter counter{24};
  counter.received(bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  counter.received(bytes_of(frame(Frame::data, 0, 1, frame(Frame::ping, 0, 0, "12345678"))));
  EXPECT_EQ(counter.count(), 0U);
}

TEST(GlitchCounter, LetsRequestsAndDataEarnTheirControlFrames) {
  GlitchCounter counter{0};
  const std::string update = frame(Frame::window_update, 0, 0, std::string(4, '\1'));
  for (int i = 0; i < 100; ++i) counter.received(bytes_of(update));
  EXPECT_EQ(counter.count(), 0U);
  counter.received(bytes_of(update));
  EXPECT_EQ(counter.count(), 1U);
  counter.data_sent();
  for (int i = 0; i < 10; ++i) counter.received(bytes_of(update));
  EXPECT_EQ(counter.count(), 1U);
}

TEST(GlitchCounter, DoesNotMindHowItsInputIsCut) {
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    bytes += frame(Frame::ping, 0, 0, "12345678") +
             frame(Frame::data, 0, 1, std::string(static_cast<std::size_t>(i) * 7, 'x'));
  }
  std::mt19937 random{3};
  for (int round = 0; round < 50; ++round) {
    GlitchCounter counter{0};
    for (std::size_t at = 0; at < bytes.size();) {
      const std::string piece = bytes.substr(at, 1 + random() % 30);
      counter.received(bytes_of(piece));
      at += piece.size();
    }
    ASSERT_EQ(counter.count(), 51U) << "50 pings and one empty DATA";
  }
}

}  // namespace
}  // namespace muxlab::test
