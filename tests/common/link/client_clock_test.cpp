#include "common/link/client_clock.h"

#include <gtest/gtest.h>

namespace muxlab::link {
namespace {

constexpr Instant start{};
constexpr Duration step = ClientClock::step;

TEST(ClientClock, RunsWithOursWhileNothingIsUnderWay) {
  ClientClock clock{start};
  EXPECT_EQ(clock.lag(start), 0s);
  EXPECT_EQ(clock.lag(start + 100s), 0s);
}

TEST(ClientClock, StandsAtTheOldestByteUnderWay) {
  ClientClock clock{start};
  clock.sent(100, start + 1s);
  clock.sent(200, start + 4s);
  EXPECT_EQ(clock.lag(start + 10s), 9s + step);
  clock.taken(99, start + 10s);  // the hundredth is still on its way
  EXPECT_EQ(clock.lag(start + 10s), 9s + step);
  clock.taken(100, start + 11s);
  EXPECT_EQ(clock.lag(start + 11s), 7s + step);
  clock.taken(200, start + 12s);
  EXPECT_EQ(clock.lag(start + 12s), 0s);
}

TEST(ClientClock, FallsBehindWhileTheLineHoldsTheClient) {
  ClientClock clock{start};
  clock.hold(true, start + 1s);
  EXPECT_EQ(clock.lag(start + 3s), 2s + step);
  clock.hold(false, start + 4s);
  EXPECT_EQ(clock.lag(start + 4s), 3s);
  EXPECT_EQ(clock.lag(start + 9s), 3s);
  clock.sent(1, start + 9s);  // at 6 s of the client's own time
  EXPECT_EQ(clock.lag(start + 10s), 4s + step);
}

TEST(ClientClock, StoodWhileTheClientWaitedForAnAnswer) {
  ClientClock clock{start};
  clock.sent(100, start + 2s);
  clock.taken(100, start + 5s);
  EXPECT_EQ(clock.lag(start + 6s), 0s) << "nothing is known of an answer yet";
  clock.answered(start + 7s);
  EXPECT_EQ(clock.lag(start + 7s), 5s);
  clock.hold(true, start + 7s);
  clock.hold(false, start + 9s);
  EXPECT_EQ(clock.lag(start + 20s), 7s) << "what it sent at 2 s was answered at 9 s";
}

TEST(ClientClock, IsNotSetBackByAnAnswerWhileTheClientIsStillSending) {
  ClientClock clock{start};
  clock.sent(100, start + 1s);
  clock.sent(200, start + 2s);
  clock.taken(100, start + 3s);
  clock.answered(start + 4s);
  EXPECT_EQ(clock.lag(start + 4s), 2s + step);
}

TEST(ClientClock, IsNoExcuseForALineOnWhichNothingMoves) {
  ClientClock clock{start};
  clock.sent(1, start + 5s);
  const Instant late = start + 5s + ClientClock::longest_standstill;
  EXPECT_EQ(clock.lag(late), ClientClock::longest_standstill + step);
  EXPECT_EQ(clock.lag(late + 10s), ClientClock::longest_standstill + step);
  clock.moved(late + 10s);
  EXPECT_EQ(clock.lag(late + 10s), ClientClock::longest_standstill + 10s + step);
}

TEST(ClientClock, KeepsFewEntriesOfManyWrites) {
  ClientClock clock{start};
  for (int nth = 1; nth <= 1000; ++nth) {
    clock.sent(static_cast<std::uint64_t>(nth), start + nth * 1ms);
  }
  clock.taken(999, start + 2s);
  // The last byte counts as sent when its entry began, at most a step before it was.
  EXPECT_GE(clock.lag(start + 2s), 1s + step);
  EXPECT_LE(clock.lag(start + 2s), 1s + 2 * step);
}

}  // namespace
}  // namespace muxlab::link
