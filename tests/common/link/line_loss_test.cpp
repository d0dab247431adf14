// What is lost on a line, dropped by its queue, or delayed behind a hole.
#include "common/link/line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "common/link/kernel_ticks.h"
#include "tests/support/virtual_line.h"

namespace muxlab::test {
namespace {

using link::timer_fires;
using What = SegmentEvent::What;

// When it wrote for the first time.
Instant began(const VirtualConnection& connection) {
  return connection.landed_at(segment) - connection.landed(segment);
}

TEST(Line, LosingOneSegmentDelaysAllLaterBytesOfItsConnectionOnly) {
  const auto load = [](VirtualLine& line) {
    std::vector<VirtualConnection*> all(6);
    for (auto*& each : all) each = &line.connect();
    for (auto* each : all) each->send(30 * segment);
    line.run_until_idle();
    return all;
  };
  VirtualLine intact{"rtt=100ms,down=10mbit"};
  VirtualLine lossy{"rtt=100ms,down=10mbit,lose=c1:7"};
  const auto whole = load(intact);
  const auto after = load(lossy);

  const VirtualConnection& hurt = *after[0];
  EXPECT_EQ(hurt.landed(6 * segment), whole[0]->landed(6 * segment));
  EXPECT_GT(hurt.landed(6 * segment + 1), whole[0]->landed(7 * segment) + 100ms);
  EXPECT_GE(hurt.landed(30 * segment), hurt.landed(7 * segment)) << "nothing overtakes it";
  EXPECT_EQ(hurt.count(What::lost), 1U);
  for (std::size_t other = 1; other < 6; ++other) {
    for (std::uint64_t n = 1; n <= 30; ++n) {
      ASSERT_LE(after[other]->landed(n * segment), whole[other]->landed(n * segment))
          << "segment " << n << " of connection " << other + 1;
    }
  }
}

TEST(Line, BehindAHoleAllLandsAtOnceWhenItIsFilled) {
  VirtualLine line{"rtt=100ms,lose=7"};
  auto& connection = line.connect();
  connection.send(10 * segment);
  line.run_until_idle();

  EXPECT_EQ(connection.landed(6 * segment), 50ms);
  // Three that were sent later are said to have arrived after a round trip; half of one more, and
  // the second copy is there.
  EXPECT_EQ(connection.landed(7 * segment), 150ms);
  EXPECT_EQ(connection.landed(10 * segment), 150ms);
}

TEST(Line, ALostTailWaitsForTheProbe) {
  VirtualLine line{"rtt=100ms,lose=10"};
  auto& connection = line.connect();
  connection.send(10 * segment);
  line.run_until_idle();

  // At 100 ms nine are acknowledged. One is left, and the probe would wait for two round trips and
  // the 200 ms of a delayed acknowledgement, but never longer than the timer: 100 ms + 200 ms.
  const Instant all_but_one_acknowledged = began(connection) + 100ms;
  const Instant probed = timer_fires(all_but_one_acknowledged, 300ms);
  EXPECT_EQ(connection.landed_at(10 * segment), probed + 50ms);
}

TEST(Line, OfTwoLostAtTheTailTheProbeBringsTheLastAndItsAnswerTheOther) {
  VirtualLine line{"rtt=100ms,lose=9+10"};
  auto& connection = line.connect();
  connection.send(10 * segment);
  line.run_until_idle();

  // Two are left at 100 ms: two round trips and 2 ms until the probe, a round trip for its answer.
  const Instant probed = timer_fires(began(connection) + 100ms, 202ms);
  EXPECT_EQ(connection.landed_at(9 * segment), probed + 100ms + 50ms);
  EXPECT_EQ(connection.landed(10 * segment), connection.landed(9 * segment));
}

TEST(Line, AProbeThatIsLostTooLeavesItToTheTimer) {
  VirtualLine line{"rtt=100ms,lose=10"};
  auto& connection = line.connect();
  connection.send(10 * segment);
  line.run_for(200ms);
  line.line.drop_next(connection.id, Direction::down, 1);
  line.run_until_idle();

  const Instant probed = timer_fires(began(connection) + 100ms, 300ms);
  EXPECT_EQ(connection.landed_at(10 * segment), timer_fires(probed, 300ms) + 50ms);
  EXPECT_EQ(connection.count(What::lost), 2U);
}

TEST(Line, AFullQueueDropsThePacketsThatFindNoPlace) {
  VirtualLine line{"rtt=100ms,down=10mbit,queue=6"};
  auto& connection = line.connect();
  connection.send(10 * segment);

  EXPECT_EQ(connection.count(What::queued), 6U);
  EXPECT_EQ(connection.count(What::dropped), 4U);
  line.run_until_idle();
  EXPECT_EQ(connection.landed_bytes(), 10 * segment);
}

TEST(Line, AQueueOfBytesHoldsSoManyBytes) {
  VirtualLine line{"rtt=100ms,down=10mbit,queue=6kB"};
  auto& connection = line.connect();
  connection.send(10 * segment);

  EXPECT_EQ(connection.count(What::queued), 4U) << "four times 1500 bytes are 6 kB";
  EXPECT_EQ(connection.count(What::dropped), 6U);
  line.run_until_idle();
  EXPECT_EQ(connection.landed_bytes(), 10 * segment);
}

TEST(Line, OnlyWhatIsWholeInOrderLands) {
  VirtualLine line{"rtt=40ms,down=10mbit,loss=5%,seed=3"};
  auto& connection = line.connect();
  connection.send(200 * segment);
  std::vector<bool> has_arrived(200);
  std::size_t heard = 0;
  while (connection.landed_bytes() < 200 * segment) {
    line.step();
    for (; heard < connection.segments().size(); ++heard) {
      const SegmentEvent& event = connection.segments()[heard];
      if (event.what == What::arrived) has_arrived[event.offset / segment] = true;
    }
    const auto hole = std::find(has_arrived.begin(), has_arrived.end(), false);
    const auto in_order = static_cast<std::uint64_t>(hole - has_arrived.begin());
    ASSERT_EQ(connection.landed_bytes(), in_order * segment);
  }
  EXPECT_GT(connection.count(What::lost), 0U);
}

TEST(Line, TheEndArrivesBehindAllBytes) {
  VirtualLine line{"rtt=40ms,loss_down=20%,seed=5"};
  auto& connection = line.connect();
  const std::uint64_t bytes = 50 * segment + 1;
  connection.send(bytes);
  connection.end();
  while (!connection.ended()) {
    line.step();
    ASSERT_EQ(connection.ended(), connection.ended() && connection.landed_bytes() == bytes);
  }
  EXPECT_TRUE(line.run_until_idle());
}

TEST(Line, AResetArrivesThoughEverythingElseIsLost) {
  VirtualLine line{"rtt=100ms"};
  auto& connection = line.connect();
  line.change("rtt=100ms,loss=100%");
  link::TcpFlow flow = line.line.flow(connection.id, Direction::down);
  flow.reset(line.now);
  line.run_for(49ms);
  EXPECT_FALSE(flow.was_reset());
  line.run_for(1ms);
  EXPECT_TRUE(flow.was_reset());
}

// --- Many on one line

// --- What is sent twice for nothing

// Six uploads of 6,000 bytes at 64 kbit/s, where a full packet takes 188 ms: what is sent at once
// by all takes 4.7 s, and the timers know a round trip of 80 ms. Linux 6.18 sent 48 segments, 18 of
// them again, three a connection: a probe and two timeouts, which the timestamps undid (measured
// 2026-11-29). Taking the first answer for one to the last copy made that 38 of 68.
TEST(Line, OnASlowLineNothingButTheTimersSendsTwice) {
  VirtualLine line{"rtt=80ms,down=1mbit,up=64kbit"};
  std::vector<VirtualConnection*> all(6);
  for (auto*& each : all) each = &line.connect(Direction::up);
  for (auto* each : all) each->send(6'000);
  line.run_until_idle();

  std::size_t segments = 0;
  std::size_t again = 0;
  for (const auto* each : all) {
    for (const SegmentEvent& event : each->segments()) {
      if (event.what != What::queued || event.direction != Direction::up) continue;
      ++segments;
      if (event.retransmission) ++again;
    }
  }
  EXPECT_EQ(segments, 48U);
  EXPECT_EQ(again, 18U);
}

}  // namespace
}  // namespace muxlab::test
