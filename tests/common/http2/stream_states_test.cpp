#include "common/http2/stream_states.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::FrameType;
using http2::StreamId;
using http2::StreamStates;

constexpr std::uint8_t goes_on = 0;
constexpr std::uint8_t ends = 1;
constexpr std::optional<ErrorCode> sound;

struct Peer {
  std::optional<ErrorCode> headers(StreamId stream, std::uint8_t flags) {
    return states.received({.type = FrameType::headers, .flags = flags, .stream = stream});
  }
  std::optional<ErrorCode> data(StreamId stream, std::uint8_t flags = goes_on) {
    return states.received(
        {.length = 1, .type = FrameType::data, .flags = flags, .stream = stream});
  }
  std::optional<ErrorCode> of(FrameType type, StreamId stream) {
    return states.received({.length = 4, .type = type, .stream = stream});
  }
  StreamStates states;
};

TEST(StreamStates, LetAMessageGoOnUntilItsEnd) {
  Peer peer;
  EXPECT_EQ(peer.headers(1, goes_on), sound);
  EXPECT_EQ(peer.data(1), sound);
  EXPECT_EQ(peer.headers(1, ends), sound) << "trailers";
  EXPECT_EQ(peer.data(1), ErrorCode::stream_closed);
  EXPECT_EQ(peer.headers(1, ends), ErrorCode::stream_closed);
}

TEST(StreamStates, LetNothingFollowTheClientsReset) {
  Peer peer;
  EXPECT_EQ(peer.headers(1, goes_on), sound);
  EXPECT_EQ(peer.of(FrameType::rst_stream, 1), sound);
  EXPECT_EQ(peer.of(FrameType::rst_stream, 1), sound);
  EXPECT_EQ(peer.data(1), ErrorCode::stream_closed);
}

TEST(StreamStates, LetWhatIsNoMessageComeLate) {
  Peer peer;
  EXPECT_EQ(peer.headers(1, ends), sound);
  EXPECT_EQ(peer.of(FrameType::window_update, 1), sound);
  EXPECT_EQ(peer.of(FrameType::priority, 1), sound);
  EXPECT_EQ(peer.of(FrameType{0xbb}, 1), sound);
}

TEST(StreamStates, KnowStreamsThatWerePassedOver) {
  Peer peer;
  EXPECT_EQ(peer.headers(5, ends), sound);
  EXPECT_EQ(peer.headers(3, ends), ErrorCode::protocol_error);
  EXPECT_EQ(peer.headers(5, ends), ErrorCode::stream_closed);
  EXPECT_EQ(peer.headers(7, ends), sound);
}

TEST(StreamStates, LeaveIdleStreamsAndOursToNghttp2) {
  Peer peer;
  EXPECT_EQ(peer.data(1), sound);
  EXPECT_EQ(peer.headers(2, ends), sound);
  EXPECT_EQ(peer.headers(0, ends), sound);
}

// A client that neither ends nor resets what we have reset costs no more memory than this, and is
// not accused of what was forgotten.
TEST(StreamStates, RememberSoManyStreamsAndJudgeNoneBelow) {
  Peer peer;
  constexpr StreamId last = 2 * http2::unended_streams_limit + 3;
  for (StreamId stream = 1; stream <= last; stream += 2) peer.headers(stream, goes_on);
  EXPECT_EQ(peer.data(1), sound) << "it was open";
  EXPECT_EQ(peer.data(last, ends), sound);
  EXPECT_EQ(peer.data(last), ErrorCode::stream_closed);
}

}  // namespace
}  // namespace muxlab::test
