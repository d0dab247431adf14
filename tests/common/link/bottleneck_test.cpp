#include "common/link/bottleneck.h"

#include <gtest/gtest.h>

#include "tests/support/virtual_line.h"

namespace muxlab::test {
namespace {

using link::Bottleneck;
using link::Freight;
using link::Passage;

Bottleneck downlink(std::string_view profile) {
  return Bottleneck{Direction::down, VirtualLine::parsed(profile)};
}

TEST(Bottleneck, SendsOnePacketBehindTheOther) {
  Bottleneck bottleneck = downlink("rtt=100ms,down=10mbit");
  const Freight full{.wire_bytes = 1500};
  for (int number = 1; number <= 5; ++number) {
    const Passage passage = bottleneck.pass(full, Instant{});
    EXPECT_EQ(passage.left, Instant{} + number * 1200us);
    EXPECT_EQ(passage.arrives, passage.left + 50ms);
  }
  EXPECT_EQ(bottleneck.queued_packets(), 5U);
  // When the queue has run empty, time that passed is gone.
  EXPECT_EQ(bottleneck.pass(full, Instant{} + 1s).left, Instant{} + 1s + 1200us);
  EXPECT_EQ(bottleneck.queued_packets(), 1U);
}

TEST(Bottleneck, KeepsEveryPartOfANanosecond) {
  // 52 bytes at 3 Mbit/s take 138,666 ns and two thirds.
  Bottleneck bottleneck = downlink("down=3mbit");
  EXPECT_EQ(bottleneck.pass({.wire_bytes = 52}, Instant{}).left - Instant{}, 138'666ns);
}

struct Losses {
  double share;
  double mean_run;
};

Losses losses_of(Bottleneck bottleneck) {
  constexpr int packets = 400'000;
  int lost = 0;
  int runs = 0;
  bool before = false;
  for (int number = 1; number <= packets; ++number) {
    const Freight freight{
        .wire_bytes = 1500, .stream = 1, .ordinal = static_cast<std::uint64_t>(number)};
    const bool now = bottleneck.pass(freight, Instant{}).fate == Passage::Fate::lost;
    lost += now ? 1 : 0;
    runs += now && !before ? 1 : 0;
    before = now;
  }
  return {double{1} * lost / packets, double{1} * lost / runs};
}

TEST(Bottleneck, LosesTheShareItShouldOneByOne) {
  const Losses losses = losses_of(downlink("loss=2%"));
  EXPECT_NEAR(losses.share, 0.02, 0.001);
  EXPECT_NEAR(losses.mean_run, 1 / 0.98, 0.02);
}

TEST(Bottleneck, LosesTheSameShareInBursts) {
  const Losses losses = losses_of(downlink("loss=2%,burst=5"));
  EXPECT_NEAR(losses.share, 0.02, 0.002);
  EXPECT_NEAR(losses.mean_run, 5, 0.25);
}

TEST(Bottleneck, ABurstThatNeverEndsLosesEverything) {
  EXPECT_EQ(losses_of(downlink("loss=100%,burst=5")).share, 1);
}

TEST(Bottleneck, DropsWhatFindsNoPlaceAndHasPlaceAgainWhenOneHasLeft) {
  Bottleneck bottleneck = downlink("down=10mbit,queue=2");
  const Freight full{.wire_bytes = 1500};
  bottleneck.pass(full, Instant{});
  bottleneck.pass(full, Instant{});
  EXPECT_EQ(bottleneck.pass(full, Instant{}).fate, Passage::Fate::dropped);
  EXPECT_EQ(bottleneck.pass(full, Instant{} + 1199us).fate, Passage::Fate::dropped);
  EXPECT_EQ(bottleneck.pass(full, Instant{} + 1200us).fate, Passage::Fate::arrives);
}

TEST(Bottleneck, WhatMustArriveDoesInAFullQueueToo) {
  Bottleneck bottleneck = downlink("down=10mbit,queue=1,loss=100%");
  bottleneck.pass({.wire_bytes = 1500}, Instant{});
  const Passage passage = bottleneck.pass({.wire_bytes = 52, .certain = true}, Instant{});
  EXPECT_EQ(passage.fate, Passage::Fate::arrives);
}

TEST(Bottleneck, AShorterWayLetsNothingOvertake) {
  Bottleneck bottleneck = downlink("rtt=1s");
  const Instant first = bottleneck.pass({.wire_bytes = 1500}, Instant{}).arrives;
  bottleneck.change(VirtualLine::parsed("rtt=10ms"));
  EXPECT_EQ(bottleneck.pass({.wire_bytes = 1500}, Instant{} + 1ms).arrives, first);
  EXPECT_EQ(bottleneck.pass({.wire_bytes = 1500}, Instant{} + 1s).arrives, Instant{} + 1005ms);
}

// --- The draws of a measured link

// Of the first 800 packets down and 450 up, with a chance of 1 %, seed 2 loses these: reckoned
// apart from this code.
TEST(DrawsInTurn, AreThoseOfTheMeasuredLink) {
  const auto lost = [](Direction direction, int packets) {
    link::DrawsInTurn draws{2, direction};
    std::vector<int> numbers;
    for (int number = 1; number <= packets; ++number) {
      if (draws.next() < 0.01) numbers.push_back(number);
    }
    return numbers;
  };
  EXPECT_EQ(lost(Direction::down, 800), (std::vector<int>{24, 78, 363, 419, 442, 461, 574, 786}));
  EXPECT_EQ(lost(Direction::up, 450), (std::vector<int>{40, 246, 343, 367}));
}

TEST(DrawsInTurn, LoseWhateverPassesTheQueueInItsTurn) {
  link::LineProfile profile;
  profile.loss_down = 0.01;
  profile.seed = 2;
  profile.queue_packets = 1;
  profile.down_bps = 10'000'000;
  link::Bottleneck bottleneck{Direction::down, profile, link::Chance::of_each_turn};
  Instant now{};
  std::vector<int> lost;
  for (int passed = 1; passed <= 100; ++passed) {
    const auto freight = link::Freight{.wire_bytes = 1500, .stream = 1, .ordinal = 7};
    if (bottleneck.pass(freight, now).fate == link::Passage::Fate::lost) lost.push_back(passed);
    const auto dropped = bottleneck.pass(freight, now);
    EXPECT_EQ(dropped.fate, link::Passage::Fate::dropped) << "and takes no turn";
    now += 2ms;
  }
  EXPECT_EQ(lost, (std::vector<int>{24, 78}));
}

}  // namespace
}  // namespace muxlab::test
