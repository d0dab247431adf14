#include "common/link/cubic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/virtual_line.h"

namespace muxlab::test {
namespace {

using link::Cubic;

constexpr Duration round_trip = 100ms;

// Rounds in congestion avoidance, each acknowledging a whole window one packet at a time.
struct Rounds {
  // Gives the window `duration` later.
  std::uint32_t window_after(Duration duration) {
    const Instant until = now + duration;
    while (now < until) {
      const std::uint32_t this_round = window;
      for (std::uint32_t acked = 0; acked < this_round; ++acked) {
        const std::uint32_t each = cubic.packets_each(window, 1, {now, rtt});
        if (++since_growth >= each) {
          since_growth = 0;
          ++window;
        }
      }
      now += rtt;
    }
    return window;
  }

  Cubic cubic;
  std::uint32_t window = 0;
  Duration rtt = round_trip;
  Instant now{};
  std::uint32_t since_growth = 0;
};

TEST(Cubic, ALossLeavesSevenTenths) {
  Cubic cubic;
  EXPECT_EQ(cubic.window_after_loss(1000), 1000U * 717 / 1024);
}

TEST(Cubic, IsBackAtTheOldWindowAfterKSeconds) {
  Rounds rounds;
  rounds.window = rounds.cubic.window_after_loss(1000);
  ASSERT_EQ(rounds.window, 700U);
  // K is the cube root of what was lost through C: 300 / 0.4, 9.09 s.
  const Duration k = 9087ms;

  const std::uint32_t halfway = rounds.window_after(k / 2);
  EXPECT_NEAR(halfway, 1000 - 300 / 8.0, 15) << "most of it in the first half";
  const std::uint32_t back = rounds.window_after(k - k / 2);
  EXPECT_NEAR(back, 1000, 5);
  // And the same way beyond it.
  EXPECT_NEAR(rounds.window_after(k), 1000 + 300, 20);
}

TEST(Cubic, WhoeverLosesBeforeItsOldWindowAimsLower) {
  Rounds rounds;
  rounds.cubic.window_after_loss(1000);
  rounds.window = rounds.cubic.window_after_loss(800);
  EXPECT_EQ(rounds.window, 560U);
  // It rests at 800 * (1 + 717/1024) / 2 = 680, which is K = cbrt(120 / 0.4) = 6.7 s away.
  EXPECT_NEAR(rounds.window_after(6700ms), 680, 5);
}

TEST(Cubic, OnAShortLineItIsAsFastAsReno) {
  Rounds rounds;
  rounds.rtt = 5ms;
  rounds.window = rounds.cubic.window_after_loss(100);
  const std::uint32_t after_loss = rounds.window;
  // 3 (1 - beta) / (1 + beta) = 0.529 packets a round trip: fifty of them bring 26, where the cubic
  // function alone would bring 30 * (1 - (1 - 0.25 / 4.2)^3) = 5.
  const std::uint32_t gained = rounds.window_after(50 * 5ms) - after_loss;
  EXPECT_NEAR(gained, 26, 5);
}

TEST(Cubic, NoTimePassesWhileNothingIsSent) {
  Rounds paused;
  Rounds straight;
  paused.window = paused.cubic.window_after_loss(1000);
  straight.window = straight.cubic.window_after_loss(1000);
  paused.window_after(3s);
  paused.now += 60s;
  paused.cubic.paused(60s, paused.now);
  EXPECT_EQ(paused.window_after(3s), straight.window_after(6s));
}

// Two seconds behind a loss of 300 packets K is 7.08 s away: 0.4004 * 7.08^3 = 142 below 1000, and
// 700 packets want one more for each four. 850 want it for each hundred, but from the next tick on.
TEST(Cubic, AnswersOnceATick) {
  Cubic cubic;
  cubic.window_after_loss(1000);
  cubic.packets_each(700, 1, {Instant{}, Duration{}});
  EXPECT_EQ(cubic.packets_each(700, 1, {Instant{} + 2000ms, Duration{}}), 4U);
  EXPECT_EQ(cubic.packets_each(850, 1, {Instant{} + 2003ms, Duration{}}), 4U);
  EXPECT_GE(cubic.packets_each(850, 1, {Instant{} + 2004ms, Duration{}}), 90U);
}

// --- HyStart

// What an acknowledgement in slow start does.
bool ends_slow_start(Cubic& cubic, const link::CubicRound& round, std::uint32_t window) {
  cubic.note_round_trip(round);
  return cubic.slow_start_should_end(round, window);
}

TEST(Cubic, SlowStartEndsWhenRoundTripsBecomeLonger) {
  Cubic cubic;
  Instant now{};
  std::uint64_t sent = 100;
  // One round without a queue.
  for (std::uint64_t each = 1; each <= 20; ++each) {
    EXPECT_FALSE(ends_slow_start(cubic, {now, round_trip, each, sent}, 40));
    now += 3ms;
  }
  // The next, in which all come later by more than an eighth of the round trip.
  bool ended = false;
  now += round_trip;
  for (std::uint64_t each = 101; each <= 120 && !ended; ++each) {
    ended = ends_slow_start(cubic, {now, round_trip + 13ms, each, 300}, 40);
    now += 3ms;
  }
  EXPECT_TRUE(ended);
}

TEST(Cubic, SlowStartEndsWhenATrainOfAcknowledgementsFillsHalfARoundTrip) {
  Cubic cubic;
  Instant now{};
  Duration length{};
  while (!ends_slow_start(cubic, {now, round_trip, 1, 1000}, 40)) {
    now += 1ms;
    length += 1ms;
    ASSERT_LT(length, 1s);
  }
  EXPECT_EQ(length, round_trip / 2 + 1ms);
}

// Its round began with the timeout, a round trip before the first answer: no train begins there
// before all that had been sent by then is acknowledged (Linux: bictcp_hystart_reset).
TEST(Cubic, BehindATimeoutARoundEndsWhereSendingHadCome) {
  Cubic cubic{Instant{}, 1000};
  for (int ms = 100; ms < 200; ++ms) {
    const Instant now = Instant{} + std::chrono::milliseconds{ms};
    EXPECT_FALSE(ends_slow_start(cubic, {now, round_trip, 1000, 2000}, 40));
  }
}

TEST(Cubic, ASmallWindowStaysInSlowStart) {
  Cubic cubic;
  for (int ms = 0; ms < 200; ++ms) {
    EXPECT_FALSE(ends_slow_start(
        cubic, {Instant{} + std::chrono::milliseconds{ms}, round_trip, 1, 1000}, 15));
  }
}

TEST(Cubic, OnALongLineSlowStartEndsBeforeTheQueueOverflows) {
  const auto drops_of = [](std::string_view profile) {
    VirtualLine line{profile};
    auto& connection = line.connect();
    connection.send(10'000'000);
    line.run_for(1s);
    return connection.count(SegmentEvent::What::dropped);
  };

  // 150 packets fill the line and 100 its queue; the window doubles from 160 to 320.
  EXPECT_EQ(drops_of("rtt=100ms,down=18mbit,cc=cubic"), 0U);
  EXPECT_GT(drops_of("rtt=100ms,down=18mbit,cc=reno"), 20U);
}

}  // namespace
}  // namespace muxlab::test
