#include "common/http2/frame_watch.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::FrameWatch;
using http2::Role;

const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string ping = frame(Frame::ping, 0, 0, "12345678");

// A server's watch that has seen the preface.
FrameWatch watch_of_server() {
  FrameWatch watch{Role::server};
  EXPECT_EQ(watch.received(bytes_of(preface)), preface.size());
  return watch;
}

// How many of a kind of frame are taken before the allowance is overdrawn.
int frames_taken(const std::string& bytes) {
  FrameWatch watch = watch_of_server();
  for (int taken = 0; taken < 10'000; ++taken) {
    if (watch.received(bytes_of(bytes)) < bytes.size()) {
      EXPECT_EQ(watch.fault(), ErrorCode::enhance_your_calm);
      return taken;
    }
  }
  return 10'000;
}

TEST(FrameWatch, DrawsOnTheAllowanceForFramesThatCarryNoMessage) {
  EXPECT_EQ(frames_taken(ping), 1000);
  EXPECT_EQ(frames_taken(frame(Frame::ping, 1, 0, "12345678")), 1000) << "answers to no question";
  EXPECT_EQ(frames_taken(frame(Frame::settings, 0, 0, "")), 200) << "they cost more";
  EXPECT_EQ(frames_taken(frame(Frame::settings, 1, 0, "")), 10'000);
  EXPECT_EQ(frames_taken(frame(0xbb, 0, 1, "x")), 1000);
  EXPECT_EQ(frames_taken(frame(Frame::data, 0, 2, "")), 1000);
  EXPECT_EQ(frames_taken(frame(Frame::data, 0x8, 2, std::string(9, '\0'))), 1000) << "padding";
  EXPECT_EQ(frames_taken(frame(Frame::data, 0, 2, "x")), 10'000);
}

TEST(FrameWatch, LetsContentEarnControlFrames) {
  EXPECT_EQ(frames_taken(frame(Frame::data, 0, 2, std::string(256, 'x')) + ping + ping), 10'000);
  EXPECT_LT(frames_taken(frame(Frame::data, 0, 2, std::string(255, 'x')) + ping + ping), 501);
}

TEST(FrameWatch, TakesNothingFromTheFrameOnThatEndsTheConnection) {
  FrameWatch watch = watch_of_server();
  const std::string sound = ping + frame(Frame::data, 0, 2, "DATA");
  const std::string all = sound + frame(Frame::priority, 0, 0, std::string(5, '\0')) + ping;
  EXPECT_EQ(watch.received(bytes_of(all)), sound.size());
  EXPECT_EQ(watch.fault(), ErrorCode::protocol_error);
  EXPECT_EQ(watch.received(bytes_of(ping)), 0U);
}

TEST(FrameWatch, OfAClientOnlyWatches) {
  FrameWatch watch{Role::client};
  for (int i = 0; i < 5000; ++i) watch.received(bytes_of(ping));
  EXPECT_EQ(watch.fault(), std::nullopt);
}

TEST(FrameWatch, SkipsThePrefaceAndPayloads) {
  FrameWatch watch = watch_of_server();
  const std::string content = frame(Frame::priority, 0, 0, std::string(5, '\0'));
  watch.received(bytes_of(frame(Frame::data, 0, 2, content)));
  EXPECT_EQ(watch.fault(), std::nullopt);
}

TEST(FrameWatch, DoesNotMindHowItsInputIsCut) {
  std::string bytes = preface;
  for (int i = 0; i < 2000; ++i) {
    bytes += ping + frame(Frame::data, 0, 2, std::string(static_cast<std::size_t>(i % 50), 'x'));
  }
  FrameWatch whole{Role::server};
  const std::size_t in_order = whole.received(bytes_of(bytes));
  ASSERT_LT(in_order, bytes.size());
  std::mt19937 random{3};
  for (int round = 0; round < 20; ++round) {
    FrameWatch watch{Role::server};
    std::size_t taken = 0;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::string piece = bytes.substr(at, 1 + random() % 30);
      taken += watch.received(bytes_of(piece));
      at += piece.size();
    }
    // Of the last frame's header some may have been let through before it was whole.
    ASSERT_GE(taken, in_order);
    ASSERT_LT(taken, in_order + 9);
  }
}

TEST(FrameWatch, ReadsTheOldPrioritiesOfChromium) {
  FrameWatch watch{Role::client};
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
  FrameWatch watch = watch_of_server();
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
