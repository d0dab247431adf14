#include "common/link/tcp_receiver.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using link::Acknowledgement;
using link::Segment;
using link::TcpReceiver;

constexpr std::uint64_t segment = link::segment_bytes;

// A receiver to which full segments come, named by their numbers from 1.
struct Receiving {
  bool takes_at_once(std::uint64_t number) {
    take(number);
    return receiver.must_acknowledge();
  }
  void take(std::uint64_t number) {
    take(Segment{.begin = (number - 1) * segment, .length = segment});
  }
  void take(const Segment& one) { receiver.take(one, now, {.timeout = 300ms, .round_trip = 40ms}); }
  // Those that are said at once at the beginning are over.
  void settle() {
    for (int each = 0; each < TcpReceiver::most_quick_acknowledgements; ++each) {
      take(++settled);
      receiver.acknowledge();
    }
  }

  Instant now{};
  TcpReceiver receiver;
  std::uint64_t settled = 0;
};

// --- When to acknowledge

TEST(TcpReceiver, AcknowledgesTheFirstSixteenAtOnceThenEverySecond) {
  Receiving receiving;
  for (std::uint64_t number = 1; number <= 16; ++number) {
    ASSERT_TRUE(receiving.takes_at_once(number)) << number;
    EXPECT_EQ(receiving.receiver.acknowledge().next, number * segment);
  }
  for (std::uint64_t number = 17; number <= 40; number += 2) {
    ASSERT_FALSE(receiving.takes_at_once(number)) << number;
    ASSERT_TRUE(receiving.takes_at_once(number + 1)) << number + 1;
    receiving.receiver.acknowledge();
  }
}

TEST(TcpReceiver, HoldsASingleOneBackForFortyMilliseconds) {
  Receiving receiving;
  receiving.settle();
  receiving.take(17);

  EXPECT_FALSE(receiving.receiver.must_acknowledge());
  ASSERT_EQ(receiving.receiver.next_event(), Instant{} + 44ms);  // the tick behind
  receiving.receiver.advance(Instant{} + 44ms);
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
  receiving.receiver.acknowledge();
  EXPECT_FALSE(receiving.receiver.next_event());
}

TEST(TcpReceiver, WhoeverAnswersSoonHoldsBackFromTheBeginning) {
  Receiving receiving;
  EXPECT_TRUE(receiving.takes_at_once(1));
  receiving.now += 10ms;
  receiving.receiver.acknowledge();
  receiving.receiver.data_sent(receiving.now);

  EXPECT_FALSE(receiving.takes_at_once(2)) << "the next answer may carry it";
}

TEST(TcpReceiver, SaysAtOnceWhatComesOutOfOrderAndWhatFillsAHole) {
  Receiving receiving;
  receiving.settle();

  EXPECT_TRUE(receiving.takes_at_once(18));
  receiving.receiver.acknowledge();
  EXPECT_TRUE(receiving.takes_at_once(17));
  EXPECT_EQ(receiving.receiver.acknowledge().next, 18 * segment);
  EXPECT_EQ(receiving.receiver.arrived_bytes(), 18 * segment);
}

// Linux's tcp_comp_sack_delay_ns: a twentieth of the round trip, 2 ms here, but not more than 1 ms.
TEST(TcpReceiver, BehindAHoleTheFirstThreeAreSaidAtOnceAndLaterOnesTogether) {
  Receiving receiving;
  receiving.settle();
  for (const std::uint64_t number : {18U, 19U, 20U}) {
    EXPECT_TRUE(receiving.takes_at_once(number));
    receiving.receiver.acknowledge();
  }
  EXPECT_FALSE(receiving.takes_at_once(21));
  EXPECT_EQ(*receiving.receiver.next_event(), receiving.now + 1ms);
  receiving.now += 1ms;
  EXPECT_FALSE(receiving.takes_at_once(22));
  receiving.receiver.advance(receiving.now);
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
  EXPECT_EQ(receiving.receiver.acknowledge().sacked()[0].end, 22 * segment);

  EXPECT_TRUE(receiving.takes_at_once(17)) << "the hole is filled";
}

// --- Whose turn it is

TEST(TcpReceiver, BehindAPauseLongerThanATimeoutAcknowledgesAtOnceAgain) {
  Receiving receiving;
  receiving.settle();
  receiving.now += 300ms;
  EXPECT_FALSE(receiving.takes_at_once(17));
  receiving.receiver.acknowledge();
  receiving.now += 301ms;
  EXPECT_TRUE(receiving.takes_at_once(18));
}

TEST(TcpReceiver, AReplyThatDoesNotComeEndsTheHoldingBack) {
  Receiving receiving;
  receiving.take(1);
  receiving.receiver.acknowledge();
  receiving.receiver.data_sent(receiving.now);
  EXPECT_FALSE(receiving.takes_at_once(2));
  receiving.now += 44ms;
  receiving.receiver.advance(receiving.now);
  receiving.receiver.acknowledge();

  EXPECT_TRUE(receiving.takes_at_once(3)) << "of those at the beginning some are left";
}

// Linux: tcp_cleanup_rbuf.
TEST(TcpReceiver, WhatWasPushedIsAcknowledgedWhenItIsRead) {
  Receiving receiving;
  receiving.settle();
  receiving.receiver.consume(16 * segment);
  receiving.receiver.acknowledge();
  receiving.take(Segment{.begin = 16 * segment, .length = segment, .pushed = true});
  EXPECT_FALSE(receiving.receiver.must_acknowledge());
  receiving.receiver.consume(segment);
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
}

TEST(TcpReceiver, WhoOwesAReplyAcknowledgesTheSecondSmallSegment) {
  Receiving receiving;
  receiving.take(1);
  receiving.receiver.acknowledge();
  receiving.receiver.data_sent(receiving.now);
  receiving.receiver.consume(segment);
  receiving.take(Segment{.begin = segment, .length = 100, .pushed = true});
  receiving.receiver.consume(100);
  EXPECT_FALSE(receiving.receiver.must_acknowledge()) << "the reply may carry it";
  receiving.take(Segment{.begin = segment + 100, .length = 100, .pushed = true});
  receiving.receiver.consume(100);
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
}

// RFC 7323 section 4.3.
TEST(TcpReceiver, EchoesWhenTheFirstOfWhatItAcknowledgesWasSent) {
  Receiving receiving;
  receiving.settle();
  const Instant first{10ms};
  receiving.take(Segment{.begin = 16 * segment, .length = segment, .sent_at = first});
  receiving.take(Segment{.begin = 17 * segment, .length = segment, .sent_at = Instant{11ms}});
  EXPECT_EQ(receiving.receiver.acknowledge().echo, first);

  receiving.take(Segment{.begin = 19 * segment, .length = segment, .sent_at = Instant{12ms}});
  EXPECT_EQ(receiving.receiver.acknowledge().echo, first) << "it is behind a hole";
}

TEST(TcpReceiver, SaysTheEndAtOnce) {
  Receiving receiving;
  receiving.settle();
  receiving.take(Segment{.begin = 16 * segment, .length = 1, .ends = true});

  EXPECT_TRUE(receiving.receiver.must_acknowledge());
  EXPECT_TRUE(receiving.receiver.has_ended());
  EXPECT_EQ(receiving.receiver.arrived_bytes(), 16 * segment) << "the end is no byte";
}

TEST(TcpReceiver, AnEndBehindAHoleIsNoEndYet) {
  Receiving receiving;
  receiving.take(Segment{.begin = segment, .length = 1, .ends = true});
  EXPECT_FALSE(receiving.receiver.has_ended());
  receiving.take(1);
  EXPECT_TRUE(receiving.receiver.has_ended());
}

// --- What to say

TEST(TcpReceiver, NamesTheThreeNewestIslandsTheNewestFirst) {
  Receiving receiving;
  for (const std::uint64_t number : {2U, 4U, 6U, 8U}) receiving.take(number);
  const Acknowledgement said = receiving.receiver.acknowledge();

  EXPECT_EQ(said.next, 0U);
  ASSERT_EQ(said.sacked().size(), 3U);
  EXPECT_EQ(said.sacked()[0].begin, 7 * segment);
  EXPECT_EQ(said.sacked()[1].begin, 5 * segment);
  EXPECT_EQ(said.sacked()[2].begin, 3 * segment);
}

TEST(TcpReceiver, AnIslandThatGrowsIsTheNewest) {
  Receiving receiving;
  for (const std::uint64_t number : {2U, 6U, 3U}) receiving.take(number);
  const Acknowledgement said = receiving.receiver.acknowledge();

  ASSERT_EQ(said.sacked().size(), 2U);
  EXPECT_EQ(said.sacked()[0].begin, 1 * segment);
  EXPECT_EQ(said.sacked()[0].end, 3 * segment);
}

TEST(TcpReceiver, IslandsThatMeetBecomeOne) {
  Receiving receiving;
  for (const std::uint64_t number : {2U, 4U, 3U}) receiving.take(number);
  const Acknowledgement said = receiving.receiver.acknowledge();

  ASSERT_EQ(said.sacked().size(), 1U);
  EXPECT_EQ(said.sacked()[0].end, 4 * segment);
  receiving.take(1);
  EXPECT_EQ(receiving.receiver.acknowledge().next, 4 * segment);
}

TEST(TcpReceiver, SaysOfWhatComesTwiceThatItDid) {
  Receiving receiving;
  receiving.settle();
  EXPECT_TRUE(receiving.takes_at_once(16));
  EXPECT_TRUE(receiving.receiver.acknowledge().duplicate);
  receiving.take(17);
  EXPECT_FALSE(receiving.receiver.acknowledge().duplicate);

  receiving.take(20);
  EXPECT_FALSE(receiving.receiver.acknowledge().duplicate);
  receiving.take(20);
  EXPECT_TRUE(receiving.receiver.acknowledge().duplicate) << "behind a hole too";
}

// --- The window

TEST(TcpReceiver, AllowsASmallWindowUntilSomeoneReads) {
  Receiving receiving;
  EXPECT_EQ(receiving.receiver.window_end(), 64U * 1024);
  for (std::uint64_t number = 1; number <= 40; ++number) receiving.take(number);
  EXPECT_EQ(receiving.receiver.acknowledge().window_end, 64U * 1024) << "nothing has been read";

  // All that was read, and twice as much to come.
  receiving.receiver.consume(40 * segment);
  EXPECT_EQ(receiving.receiver.acknowledge().window_end, (1 + 2) * 40 * segment + 64 * 1024);
}

TEST(TcpReceiver, AllowsNoMoreThanItsShare) {
  Receiving receiving;
  receiving.receiver.set_window(100'000);
  for (std::uint64_t number = 1; number <= 40; ++number) receiving.take(number);
  receiving.receiver.consume(40 * segment);

  EXPECT_EQ(receiving.receiver.acknowledge().window_end, 40 * segment + 100'000);
}

TEST(TcpReceiver, AShareThatShrinksTakesNothingBack) {
  Receiving receiving;
  receiving.take(1);
  receiving.receiver.consume(segment);
  const std::uint64_t before = receiving.receiver.acknowledge().window_end;
  receiving.receiver.set_window(1000);
  receiving.take(2);

  EXPECT_EQ(receiving.receiver.acknowledge().window_end, before);
}

TEST(TcpReceiver, TellsThatAShutWindowHasOpened) {
  Receiving receiving;
  receiving.receiver.set_window(64 * 1024);
  for (std::uint64_t number = 1; number <= 45; ++number) receiving.take(number);
  receiving.receiver.acknowledge();
  receiving.receiver.consume(1);
  EXPECT_FALSE(receiving.receiver.must_acknowledge()) << "not worth a packet";
  receiving.receiver.consume(10 * segment);
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
}

TEST(TcpReceiver, AnswersWhoAsksForTheWindow) {
  Receiving receiving;
  receiving.settle();
  receiving.take(Segment{.begin = 16 * segment, .asks_window = true});
  EXPECT_TRUE(receiving.receiver.must_acknowledge());
}

}  // namespace
}  // namespace muxlab::test
