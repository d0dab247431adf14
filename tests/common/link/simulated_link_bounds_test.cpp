// What hostile, slow and numerous ends make a simulated link hold and do.
#include "common/link/simulated_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/simulated_talk.h"

namespace muxlab::test {
namespace {

TEST(SimulatedLink, AClientThatReadsNothingHoldsUpToItsFirstWindow) {
  Lane lane{"rtt=20ms,down=100mbit"};
  Talk& talk = lane.connect();
  talk.server_has = 10'000'000;
  talk.client_reads = false;
  lane.run_for(20s);
  EXPECT_LE(talk.bytes_down(), (64U + 16) * 1024);
  EXPECT_TRUE(talk.link.underway());

  talk.client_reads = true;
  lane.run_for(20s);
  EXPECT_EQ(talk.at_client.bytes(), 10'000'000U);
  EXPECT_TRUE(talk.at_client.intact());
}

TEST(SimulatedLink, AClientThatStopsReadingHoldsUpToAFullWindow) {
  Lane lane{"rtt=20ms,down=100mbit"};
  Talk& talk = lane.connect();
  talk.server_has = 20'000'000;
  lane.run_for(1s);
  talk.client_reads = false;
  lane.run_for(20s);
  EXPECT_LE(talk.bytes_down(), 3 * 1024U * 1024 + 16 * 1024);
  // It is asked now and then whether there is room, ever more rarely.
  const std::uint64_t packets = lane.line->packets();
  lane.run_for(600s);
  EXPECT_LT(lane.line->packets() - packets, 30U);

  talk.client_reads = true;
  lane.run_for(20s);
  EXPECT_EQ(talk.at_client.bytes(), 20'000'000U);
}

TEST(SimulatedLink, AServerThatStopsReadingMakesTheClientWait) {
  Lane lane{"rtt=20ms,up=100mbit"};
  Talk& talk = lane.connect();
  talk.server_reads = false;
  talk.client_has = 10'000'000;
  lane.run_for(20s);
  EXPECT_FALSE(talk.link.wants_input());
  // The window, what the client's kernel keeps, and one piece.
  EXPECT_LE(talk.bytes_up(), (64U + 64 + 16) * 1024);

  talk.server_reads = true;
  lane.turn();
  lane.run_for(20s);
  EXPECT_EQ(talk.at_server.bytes(), 10'000'000U);
  EXPECT_TRUE(talk.at_server.intact());
}

TEST(SimulatedLink, AFloodOfSingleBytesCostsNoMoreThanItsWindow) {
  Lane lane{"rtt=2s"};
  Talk& talk = lane.connect();
  talk.largest_piece = 1;
  talk.client_has = 400'000;
  std::uint64_t most_up = 0;
  for (int step = 0; step < 600; ++step) {
    lane.run_for(100ms);
    most_up = std::max(most_up, talk.bytes_up());
  }
  EXPECT_EQ(talk.at_server.bytes(), 400'000U);
  EXPECT_TRUE(talk.at_server.intact());
  EXPECT_LE(most_up, 3 * 1024U * 1024 + 64 * 1024);
  // Ten bytes leave as ten packets; the others wait for them and fill theirs.
  EXPECT_LT(lane.line->packets(), 3'000U);
}

TEST(SimulatedLink, AConnectionThatSendsByteByByteForALongTimeKeepsFewPackets) {
  Lane lane{"rtt=500ms"};
  Talk& talk = lane.connect();
  talk.largest_piece = 1;
  lane.run_for(1s);
  // 20,000 bytes a round trip, each on its own, for eight of them.
  std::uint64_t most = 0;
  for (int tick = 0; tick < 160; ++tick) {
    for (int byte = 0; byte < 1'000; ++byte) {
      talk.client_has = 1;
      if (talk.link.wants_input()) talk.client_writes(lane.now);
    }
    talk.client_has = 0;
    const std::uint64_t before = lane.line->packets();
    lane.run_for(25ms);
    most = std::max(most, lane.line->packets() - before);
  }
  EXPECT_LE(most, 2 * 2173U) << "a window of packets, and as many acknowledgements";
}

TEST(SimulatedLink, FiveHundredConnectionsShareOneLine) {
  Lane lane{"rtt=20ms,down=100mbit,queue=1000"};
  // Not all in one instant, or five hundred initial windows and then their timers meet at a queue
  // of 1000, and some never find a place in it.
  for (int each = 0; each < 500; ++each) {
    lane.connect().server_has = 100'000'000;
    lane.run_for(10ms);
  }
  // Who lost the most, again and again, is silent for up to ten seconds, as timeouts double.
  lane.run_for(13s);
  std::vector<std::uint64_t> before;
  for (const auto& talk : lane.talks) before.push_back(talk->at_client.bytes());
  lane.run_for(10s);

  // 100 Mbit/s for ten seconds, 1448 of 1500 bytes: 241 kB each.
  const std::uint64_t share = 100'000'000 / 8 * 10 / 500 * 1448 / 1500;
  std::uint64_t least = share;
  std::uint64_t sum = 0;
  for (std::size_t each = 0; each < 500; ++each) {
    const std::uint64_t got = lane.talks[each]->at_client.bytes() - before[each];
    EXPECT_TRUE(lane.talks[each]->at_client.intact());
    least = std::min(least, got);
    sum += got;
  }
  EXPECT_GT(least, share / 4);
  EXPECT_GT(sum, 500 * share * 9 / 10);
  EXPECT_LE(sum, 500 * share * 101 / 100);
}

TEST(SimulatedLink, FiveHundredConnectionsThatReadNothingHoldABoundedMemory) {
  Lane lane{"rtt=20ms"};
  for (int each = 0; each < 500; ++each) {
    Talk& talk = lane.connect();
    talk.server_has = talk.client_has = 10'000'000;
    talk.client_reads = talk.server_reads = false;
  }
  lane.run_for(10s);
  std::uint64_t held = 0;
  for (const auto& talk : lane.talks) held += talk->bytes_down() + talk->bytes_up();
  // Windows and what lies in front of them.
  EXPECT_LE(held, link::line_memory_bytes + 500U * (16 + 64 + 16) * 1024);
}

// The worst that can be done: each reads enough to be given its share, before the next one comes.
TEST(SimulatedLink, ThoseWhoCameFirstKeepTheirShareAndThatIsBoundedToo) {
  Lane lane{"rtt=10ms"};
  for (int each = 0; each < 60; ++each) {
    Talk& talk = lane.connect();
    talk.server_has = 1'700'000;
    lane.run_for(200ms);
    talk.client_reads = false;
    talk.server_has = 4'000'000;
    lane.run_for(10ms);
  }
  lane.run_for(1s);
  std::uint64_t held = 0;
  for (const auto& talk : lane.talks) held += talk->bytes_down();
  // Each way 3 MiB for the first ten, then 32 MiB / n for the nth: 32 * (1 + ln(60 / 10.7)), 87 MiB
  // and what lies in front of the windows.
  EXPECT_GT(held, link::line_memory_bytes);
  EXPECT_LE(held, 90U * 1024 * 1024);
}

TEST(SimulatedLink, WithoutDistanceOrRateThereIsNoSpin) {
  Lane lane{"rtt=0ms"};
  Talk& talk = lane.connect();
  talk.server_has = 5'000'000;
  talk.client_has = 5'000'000;
  const std::size_t events = lane.run_for(1s);
  EXPECT_EQ(talk.at_client.bytes(), 5'000'000U);
  EXPECT_EQ(talk.at_server.bytes(), 5'000'000U);
  EXPECT_LT(events, 10'000U);
}

TEST(SimulatedLink, WhereNothingArrivesTheHandshakeIsTriedEverMoreRarely) {
  Lane lane{"rtt=10ms,loss=100%"};
  Talk& talk = lane.connect();
  talk.client_has = 1000;
  // Each second until 5, at 7, 11, 19, 35, 67, 131 s, then each 64 s.
  EXPECT_LE(lane.run_for(600s), 19U);
  EXPECT_FALSE(talk.link.was_reset());
}

TEST(SimulatedLink, ConnectionsThatComeAndGoLeaveNothingBehind) {
  Lane lane{"rtt=100ms,down=10mbit,loss=2%"};
  for (int round = 0; round < 200; ++round) {
    auto talk = std::make_unique<Talk>(lane.line, lane.now);
    talk->server_has = 50'000;
    for (int step = 0; step < 20; ++step) {
      lane.now += 10ms;
      lane.line->advance(lane.now);
      lane.line->take_changed();
      talk->turn(lane.now);
    }
  }
  EXPECT_EQ(lane.line->connections(), 0U);
  lane.now += 1h;
  lane.line->advance(lane.now);
  EXPECT_FALSE(lane.line->next_event());
}

}  // namespace
}  // namespace muxlab::test
