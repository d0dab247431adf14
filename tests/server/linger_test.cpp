// How long a client is listened to once all has been said.
#include "server/linger.h"

#include <gtest/gtest.h>

namespace muxlab::server {
namespace {

constexpr std::size_t piece = 64 * 1024;

Instant at(Duration since) {
  return Instant{} + since;
}

TEST(Linger, IsOverWhenTheClientHasBeenSilent) {
  Linger linger{at(0s)};
  EXPECT_FALSE(linger.is_over(at(linger_pause - 1ns)));
  linger.took(1, at(linger_pause - 1ns));
  EXPECT_FALSE(linger.is_over(at(2 * linger_pause - 2ns)));
  EXPECT_TRUE(linger.is_over(at(2 * linger_pause - 1ns)));
}

TEST(Linger, OutlastsAClientThatSendsMuchAndReadsOnlyThen) {
  Linger linger{at(0s)};
  Duration now{};
  for (std::size_t sent = 0; sent < 100'000'000; sent += piece) {
    now += 1ms;
    linger.took(piece, at(now));
    ASSERT_FALSE(linger.is_over(at(now)));
  }
}

TEST(Linger, EndsAClientThatDripsForEver) {
  Linger linger{at(0s)};
  Duration now{};
  while (!linger.is_over(at(now)) && now < 1h) {
    now += 1s;
    linger.took(1, at(now));
  }
  EXPECT_EQ(now, longest_linger);
}

TEST(Linger, EndsAClientThatPoursForEver) {
  Linger linger{at(0s)};
  std::uint64_t sent = 0;
  while (!linger.is_over(at(1s)) && sent <= 2 * http::most_unwanted_bytes) {
    sent += piece;
    linger.took(piece, at(1s));
  }
  EXPECT_EQ(sent, http::most_unwanted_bytes + piece);
}

TEST(Linger, DoesNotHoldALinesTimeAgainstTheClient) {
  Linger linger{at(0s)};
  linger.wait_for_client(false, at(1s));
  EXPECT_FALSE(linger.is_over(at(100s)));
  linger.wait_for_client(true, at(100s));
  EXPECT_FALSE(linger.is_over(at(100s + linger_pause - 1s - 1ns)));
  EXPECT_TRUE(linger.is_over(at(100s + linger_pause - 1s)));
}

TEST(Linger, OutlastsASlowLineAsLongAsItMoves) {
  Linger linger{at(0s)};
  Duration now{};
  for (int round = 0; round < 20; ++round) {
    linger.wait_for_client(false, at(now));
    now += 65s;
    linger.wait_for_client(true, at(now));
    linger.took(1, at(now));
    ASSERT_FALSE(linger.is_over(at(now)));
  }
}

TEST(Linger, DoesNotWaitForALineOnWhichNothingMoves) {
  Linger linger{at(0s)};
  linger.wait_for_client(false, at(0s));
  EXPECT_FALSE(linger.is_over(at(longest_line_stall - 1ns)));
  EXPECT_TRUE(linger.is_over(at(longest_line_stall)));
}

}  // namespace
}  // namespace muxlab::server
