#include "common/link/tcp_sender.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "common/link/kernel_ticks.h"
#include "common/link/line_profile.h"

namespace muxlab::test {
namespace {

using link::Acknowledgement;
using link::CongestionControl;
using link::CongestionWindow;
using link::Range;
using link::Segment;
using link::TcpSender;
using link::timer_fires;

constexpr std::uint64_t segment = link::segment_bytes;
constexpr Duration round_trip = 100ms;

// A sender behind its handshake, and a receiver that says what the test wants. Segments are named
// by their numbers, from 1.
class Sending {
 public:
  explicit Sending(CongestionControl kind = CongestionControl::reno,
                   std::uint64_t window_segments = 2000)
      : sender(kind), window_end_(window_segments * segment) {
    sender.established(round_trip, false, window_end_, now);
  }

  // Writes so many segments, and gives the numbers of those that leave at once.
  std::vector<std::uint64_t> write(std::uint64_t segments) {
    sender.write(segments * segment);
    return leaving();
  }

  std::vector<std::uint64_t> leaving() {
    std::vector<std::uint64_t> numbers;
    while (const auto sent = sender.next_segment(now)) {
      numbers.push_back(sent->begin / segment + 1);
      last = *sent;
    }
    return numbers;
  }

  // All up to this segment has arrived, and the islands [first, last] behind it. What is answered
  // was sent a round trip ago.
  std::vector<std::uint64_t> acknowledge(std::uint64_t through,
                                         std::initializer_list<Range> islands = {}) {
    return acknowledge_sent_at(now - round_trip, through, islands);
  }
  std::vector<std::uint64_t> acknowledge_sent_at(Instant echo, std::uint64_t through,
                                                 std::initializer_list<Range> islands = {}) {
    Acknowledgement said{.next = through * segment, .window_end = window_end_};
    said.echo = echo;
    for (const Range& island : islands) {
      said.blocks[said.block_count++] = {(island.begin - 1) * segment, island.end * segment};
    }
    sender.acknowledged(said, now);
    return leaving();
  }

  // The timer fires.
  std::vector<std::uint64_t> wait_for_timer() {
    now = *sender.next_event();
    sender.advance(now);
    return leaving();
  }

  void open_window_to(std::uint64_t segments) { window_end_ = segments * segment; }

  Instant now{};
  TcpSender sender;
  Segment last;

 private:
  std::uint64_t window_end_;
};

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t each = first; each <= last; ++each) all.push_back(each);
  return all;
}

using Numbers = std::vector<std::uint64_t>;

// --- The window grows

TEST(TcpSender, BeginsWithTenSegments) {
  Sending sending;
  EXPECT_EQ(sending.write(100), numbers(1, 10));
  EXPECT_EQ(sending.sender.in_flight_packets(), 10U);
}

TEST(TcpSender, InSlowStartSendsTwoForEachThatArrived) {
  Sending sending;
  sending.write(100);
  sending.now += round_trip;

  EXPECT_EQ(sending.acknowledge(1), numbers(11, 12));
  EXPECT_EQ(sending.acknowledge(4), numbers(13, 18));
  EXPECT_EQ(sending.acknowledge(10), numbers(19, 30));
  EXPECT_EQ(sending.sender.window().packets(), 20U);
}

TEST(TcpSender, GrowsByOneForEachWindowOfPacketsInAvoidance) {
  CongestionWindow window{CongestionControl::reno};
  window.lower_threshold();
  window.set(window.threshold());
  ASSERT_EQ(window.packets(), 5U);

  window.grow(2, {});
  window.grow(2, {});
  EXPECT_EQ(window.packets(), 5U);
  window.grow(2, {});
  EXPECT_EQ(window.packets(), 6U) << "five packets, and one over";
  window.grow(5, {});
  EXPECT_EQ(window.packets(), 7U) << "for six, with the one over";
}

TEST(TcpSender, WhatWasCountedTowardsTheNextStepIsForgottenWithALoss) {
  CongestionWindow window{CongestionControl::reno};
  window.lower_threshold();
  window.set(window.threshold());
  window.grow(4, {});
  window.lower_threshold();
  window.set(4);
  window.grow(3, {});
  EXPECT_EQ(window.packets(), 4U);
}

// Linux: tcp_current_ssthresh.
TEST(TcpSender, AThresholdThatIsNoneStaysNoneWhenTheWindowShrinksWithoutALoss) {
  CongestionWindow window{CongestionControl::reno};
  window.set(80);
  window.remember_before_shrinking();
  EXPECT_EQ(window.threshold(), CongestionWindow::no_threshold);

  window.lower_threshold();
  window.set(100);
  window.remember_before_shrinking();
  EXPECT_EQ(window.threshold(), 75U) << "three quarters of the window, where that is more";
}

TEST(TcpSender, AWindowThatIsNotUsedDoesNotGrow) {
  Sending sending;
  for (std::uint64_t next = 1; next < 100; ++next) {
    EXPECT_EQ(sending.write(1), Numbers{next});
    sending.now += round_trip;
    sending.acknowledge(next);
  }
  EXPECT_EQ(sending.sender.window().packets(), 10U);
}

TEST(TcpSender, NeverHoldsMoreThanAFullReceiveWindowOfFullPackets) {
  Sending sending{CongestionControl::reno, 1'000'000};
  std::uint64_t arrived = 0;
  sending.write(100'000);
  while (arrived < 50'000) {
    arrived += sending.sender.in_flight_packets();
    sending.now += round_trip;
    sending.acknowledge(arrived);
  }
  // 3 MiB in packets of 1448 bytes, however small they are.
  EXPECT_LE(sending.sender.window().packets(), 3 * 1024 * 1024 / segment + 1);
}

// --- How much to write

TEST(TcpSender, WantsSixteenKilobytesBeyondTheWindow) {
  Sending sending;
  EXPECT_EQ(sending.sender.room(), 10 * segment + 16 * 1024);
  sending.sender.write(sending.sender.room());
  sending.leaving();

  EXPECT_EQ(sending.sender.unsent_bytes(), 16U * 1024);
  EXPECT_EQ(sending.sender.room(), 0U);
}

TEST(TcpSender, OpensItsRoomWhenHalfOfItIsFree) {
  Sending sending;
  sending.sender.write(10 * segment + 16 * 1024);
  sending.leaving();
  sending.now += round_trip;
  for (std::uint64_t through : {1U, 2U}) {
    sending.acknowledge(through);
    EXPECT_EQ(sending.sender.room(), 0U) << 2 * through << " of eleven segments have left";
  }
  sending.acknowledge(3);
  EXPECT_EQ(sending.sender.room(), 6 * segment);
}

// --- Losses

// RFC 8985 section 6.2: a quarter of the least round trip, and not more than the smoothed one. The
// kernel adds 2 ms: 27 ms, which are seven ticks, from the 25th on, and the timer fires with the
// tick behind.
TEST(TcpSender, GivesReorderingAQuarterOfTheRoundTrip) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;

  EXPECT_EQ(sending.acknowledge(0, {{2, 2}}), Numbers{}) << "the first may come yet";
  EXPECT_EQ(*sending.sender.next_event(), Instant{} + (25 + 7 + 1) * 4ms);
  EXPECT_EQ(sending.wait_for_timer(), Numbers{1});
  EXPECT_TRUE(sending.last.retransmission);
}

TEST(TcpSender, WhatWasOnlyLateIsNotSentAgain) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;
  sending.acknowledge(0, {{2, 2}});
  sending.now += 5ms;

  EXPECT_EQ(sending.acknowledge(2), Numbers{});
  EXPECT_GE(sending.sender.window().packets(), 10U);
}

TEST(TcpSender, BehindThreeThatArrivedNothingIsWaitedFor) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;

  EXPECT_EQ(sending.acknowledge(0, {{2, 4}}), Numbers{1});
}

TEST(TcpSender, ALossHalvesTheWindow) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;
  sending.acknowledge(0, {{2, 10}});
  sending.now += round_trip;
  sending.acknowledge(10);

  EXPECT_EQ(sending.sender.window().threshold(), 5U);
  EXPECT_EQ(sending.sender.window().packets(), 5U);
  EXPECT_EQ(sending.write(100), numbers(11, 15));
}

TEST(TcpSender, OneLossInAWindowOrFiveHalveItOnce) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;
  sending.acknowledge(0, {{2, 2}, {4, 4}, {6, 10}});
  sending.now += round_trip;
  sending.acknowledge(10);

  EXPECT_EQ(sending.sender.window().threshold(), 5U);
}

TEST(TcpSender, InRecoverySendsOnePacketForTwoThatArrived) {
  Sending sending;
  sending.write(10);
  sending.now += round_trip;
  sending.write(200);
  sending.acknowledge(10);
  sending.now += round_trip;
  ASSERT_EQ(sending.sender.in_flight_packets(), 20U);

  // Segment 11 is lost; those behind it are said to have arrived one by one.
  std::size_t sent = 0;
  for (std::uint64_t arrived = 12; arrived <= 30; ++arrived) {
    sent += sending.acknowledge(10, {{12, arrived}}).size();
    const std::uint64_t delivered = arrived - 11;
    if (delivered < 3) continue;
    EXPECT_LE(sent, delivered / 2 + 2) << delivered << " delivered";
    EXPECT_LE(sending.sender.in_flight_packets(), 20U);
  }
  EXPECT_EQ(sending.sender.in_flight_packets(), 10U) << "half of what was";
  sending.now += round_trip;
  sending.acknowledge(30);
  EXPECT_EQ(sending.sender.window().packets(), 10U);
}

TEST(TcpSender, FindsOutThatTheSecondCopyIsLostToo) {
  Sending sending;
  sending.write(100);
  sending.now += round_trip;
  ASSERT_EQ(sending.acknowledge(0, {{2, 10}}).front(), 1U);
  sending.now += round_trip;

  // What was sent behind the second copy has arrived.
  const auto sent = sending.acknowledge(0, {{2, 13}});
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.front(), 1U);
}

// --- Silence

TEST(TcpSender, ProbesWithTheLastSegmentThenWaitsLongerAndLonger) {
  Sending sending;
  sending.write(10);

  // 2 ms more than two round trips are 51 ticks, and one.
  EXPECT_EQ(*sending.sender.next_event(), Instant{} + 52 * 4ms);
  EXPECT_EQ(sending.wait_for_timer(), Numbers{10});
  Duration wait = round_trip + 200ms;  // the deviation counts as 200 ms at least
  for (int repeated = 0; repeated < 15; ++repeated) {
    EXPECT_EQ(*sending.sender.next_event(),
              timer_fires(sending.now, std::min<Duration>(wait, 120s)));
    EXPECT_EQ(sending.wait_for_timer(), Numbers{1});
    EXPECT_EQ(sending.sender.window().packets(), 1U);
    wait *= 2;
  }
}

// The last two are lost. The probe repeats the second, and what says so comes sooner than any round
// trip so far, as the queue that all others stood in has emptied: it may answer the first copy
// (tcp_rack_advance), so nothing is concluded. Linux waits for its timer then, a round trip of a
// full queue and 200 ms at least: 992 ms in the trace of a last connection at 2 Mbit/s.
TEST(TcpSender, AProbeThatIsAnsweredTooSoonProvesNoLoss) {
  Sending sending;
  sending.write(4);
  sending.now += round_trip;
  sending.acknowledge(2);
  EXPECT_EQ(sending.wait_for_timer(), (Numbers{4}));
  const Instant probed = sending.now;
  EXPECT_EQ(probed, Instant{} + (25 + 51 + 1) * 4ms);
  sending.now += 20ms;
  EXPECT_EQ(sending.acknowledge(2, {{4, 4}}), Numbers{});
  EXPECT_EQ(*sending.sender.next_event(), timer_fires(probed, round_trip + 200ms));
  EXPECT_EQ(sending.wait_for_timer(), (Numbers{3}));
}

TEST(TcpSender, AProbeThatIsAnsweredInARoundTripProvesTheLossBeforeIt) {
  Sending sending;
  sending.write(4);
  sending.now += round_trip;
  sending.acknowledge(2);
  EXPECT_EQ(sending.wait_for_timer(), (Numbers{4}));
  sending.now += round_trip;
  EXPECT_EQ(sending.acknowledge(2, {{4, 4}}), (Numbers{3}));
}

TEST(TcpSender, ProbesWithWhatIsNewIfThereIsSomething) {
  Sending sending;
  sending.write(11);
  EXPECT_EQ(sending.wait_for_timer(), Numbers{11});
  EXPECT_FALSE(sending.last.retransmission);
}

// The third segment left at 0 and would time out at 300 ms, 2 ms before the probe was due (Linux:
// tcp_schedule_loss_probe).
TEST(TcpSender, AProbeComesNoLaterThanTheTimeoutOfTheFirstSegment) {
  Sending sending;
  sending.write(100);
  sending.now += round_trip;
  ASSERT_FALSE(sending.acknowledge(2).empty());
  EXPECT_EQ(*sending.sender.next_event(), Instant{} + (25 + 50 + 1) * 4ms);
}

// What stands in the middle is known to be lost while the probe is still out.
TEST(TcpSender, AProbeThatIsOutHoldsUpNoRetransmission) {
  Sending sending;
  sending.write(10);
  ASSERT_EQ(sending.wait_for_timer(), Numbers{10});

  EXPECT_EQ(sending.acknowledge(0, {{2, 9}}), Numbers{1});
}

TEST(TcpSender, ATimeoutInVainIsUndone) {
  Sending sending;
  sending.write(10);
  sending.wait_for_timer();                         // the probe
  EXPECT_EQ(sending.wait_for_timer(), Numbers{1});  // the timeout
  EXPECT_EQ(sending.sender.window().packets(), 1U);

  sending.now += 5ms;
  EXPECT_EQ(sending.acknowledge_sent_at(Instant{}, 10), Numbers{}) << "an answer to the first";
  EXPECT_GE(sending.sender.window().packets(), 10U);
  EXPECT_EQ(sending.write(100), numbers(11, 30)) << "as if nothing had been";
}

// A slow line: the first answer comes after two timeouts, with the timestamp of the first sending.
// Nothing behind it is taken for lost, though it was sent before the second copy.
TEST(TcpSender, TheTimestampTellsThatTheFirstCopyWasAnswered) {
  Sending sending;
  sending.write(10);
  for (int timer = 0; timer < 3; ++timer) sending.wait_for_timer();
  sending.now += 200ms;
  EXPECT_EQ(sending.acknowledge_sent_at(Instant{}, 1), Numbers{});
  EXPECT_EQ(sending.sender.in_flight_packets(), 9U);
}

TEST(TcpSender, AfterATimeoutBeginsAgainWithOnePacket) {
  Sending sending;
  sending.write(10);
  sending.wait_for_timer();
  sending.wait_for_timer();
  sending.now += round_trip;

  EXPECT_EQ(sending.sender.window().threshold(), 5U);
  EXPECT_EQ(sending.acknowledge(1), numbers(2, 3));
}

// --- The receiver's window

TEST(TcpSender, StopsWhereTheReceiversWindowEnds) {
  Sending sending{CongestionControl::reno, 4};
  EXPECT_EQ(sending.write(10), numbers(1, 4));
  sending.now += round_trip;
  EXPECT_EQ(sending.acknowledge(4), Numbers{});
}

TEST(TcpSender, AsksAClosedWindowAgainAndAgain) {
  Sending sending{CongestionControl::reno, 4};
  sending.write(10);
  sending.now += round_trip;
  sending.acknowledge(4);

  Duration wait = round_trip + 200ms;
  for (int asked = 0; asked < 12; ++asked) {
    EXPECT_EQ(*sending.sender.next_event(),
              timer_fires(sending.now, std::min<Duration>(wait, 120s)));
    sending.wait_for_timer();
    EXPECT_TRUE(sending.last.asks_window);
    EXPECT_EQ(sending.last.length, 0U);
    sending.acknowledge(4);
    wait *= 2;
  }
  sending.open_window_to(6);
  EXPECT_EQ(sending.acknowledge(4), numbers(5, 6));
}

TEST(TcpSender, AWindowThatHasOpenedMakesTheTimersShortAgain) {
  Sending sending{CongestionControl::reno, 4};
  sending.write(10);
  sending.now += round_trip;
  sending.acknowledge(4);
  for (int asked = 0; asked < 12; ++asked) {
    sending.wait_for_timer();
    sending.acknowledge(4);
  }
  sending.open_window_to(100);
  ASSERT_EQ(sending.acknowledge(4), numbers(5, 10));

  EXPECT_EQ(*sending.sender.next_event(), timer_fires(sending.now, 2 * round_trip + 2ms));
}

TEST(TcpSender, TheEndIsASegmentOfItsOwnOrRidesOnTheLast) {
  Sending sending;
  sending.write(1);
  sending.sender.end();
  EXPECT_EQ(sending.leaving(), Numbers{2});
  EXPECT_TRUE(sending.last.ends);
  EXPECT_EQ(sending.last.payload_bytes(), 0U);

  Sending other;
  other.sender.write(segment / 2);
  other.sender.end();
  EXPECT_EQ(other.leaving(), Numbers{1});
  EXPECT_TRUE(other.last.ends);
  EXPECT_EQ(other.last.payload_bytes(), segment / 2);
}

TEST(TcpSender, IsFinishedWhenItsEndIsAcknowledged) {
  Sending sending;
  sending.write(1);
  sending.sender.end();
  sending.leaving();
  sending.now += round_trip;
  sending.acknowledge(1);
  EXPECT_FALSE(sending.sender.finished());
  sending.sender.acknowledged({.next = segment + 1}, sending.now);
  EXPECT_TRUE(sending.sender.finished());
  EXPECT_FALSE(sending.sender.next_event());
}

// --- Round trips

TEST(RoundTripTime, ATimeoutIsTheRoundTripAndTwoHundredMillisecondsAtLeast) {
  link::RoundTripTime time;
  EXPECT_EQ(time.timeout(), 3s);
  for (int sample = 0; sample < 50; ++sample) time.measured(30ms, true);
  EXPECT_EQ(time.smoothed(), 30ms);
  EXPECT_EQ(time.timeout(), 230ms);
}

TEST(RoundTripTime, FollowsARiseAtOnceAndAFallSlowly) {
  link::RoundTripTime time;
  for (int sample = 0; sample < 50; ++sample) time.measured(100ms, true);
  time.measured(900ms, true);
  const Duration risen = time.timeout();
  EXPECT_EQ(time.smoothed(), 200ms);  // an eighth of the way
  EXPECT_GT(risen, 500ms);
  time.measured(100ms, true);
  EXPECT_GT(time.timeout(), risen / 2);
  for (int sample = 0; sample < 200; ++sample) time.measured(100ms, true);
  EXPECT_LT(time.timeout(), 310ms);
  EXPECT_EQ(time.least(), 100ms);
}

}  // namespace
}  // namespace muxlab::test
