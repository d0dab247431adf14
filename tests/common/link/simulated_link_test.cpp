#include "common/link/simulated_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/simulated_talk.h"

namespace muxlab::test {
namespace {

TEST(SimulatedLink, BytesArriveWholeAndInOrderWhateverIsLost) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    Lane lane{"rtt=20ms,down=20mbit,up=5mbit,loss=5%,seed=" + std::to_string(seed)};
    Talk& talk = lane.connect();
    for (int write = 0; write < 40; ++write) {
      talk.server_has += random() % 30'000;
      talk.client_has += random() % 10'000;
      talk.largest_piece = 1 + random() % 5'000;
      lane.run_for(std::chrono::milliseconds{random() % 100});
    }
    lane.run_for(600s);
    EXPECT_EQ(talk.server_has + talk.client_has, 0U);
    EXPECT_EQ(talk.at_client.bytes(), talk.server_wrote) << "seed " << seed;
    EXPECT_EQ(talk.at_server.bytes(), talk.client_wrote) << "seed " << seed;
    EXPECT_TRUE(talk.at_client.intact() && talk.at_server.intact()) << "seed " << seed;
  }
}

TEST(SimulatedLink, ChangesInMidFlightLeaveTheBytesInOrder) {
  Lane lane{"rtt=200ms,down=2mbit,up=1mbit"};
  Talk& talk = lane.connect();
  talk.server_has = 2'000'000;
  talk.client_has = 500'000;
  for (const auto* next :
       {"rtt=0ms", "rtt=1s,down=100kbit,up=50kbit", "rtt=5ms,loss=20%",
        "rtt=300ms,down=50mbit,queue=2,loss=5%,burst=5", "rtt=10ms,down=10mbit"}) {
    lane.run_for(300ms);
    lane.change(next);
  }
  lane.run_for(600s);
  EXPECT_EQ(talk.at_client.bytes(), 2'000'000U);
  EXPECT_EQ(talk.at_server.bytes(), 500'000U);
  EXPECT_TRUE(talk.at_client.intact() && talk.at_server.intact());
}

// --- Close and reset

TEST(SimulatedLink, TheServersEndComesBehindItsBytes) {
  Lane lane{"rtt=100ms,down=1mbit,loss_down=5%"};
  Talk& talk = lane.connect();
  talk.server_has = 10'000;
  lane.run_for(160ms);
  ASSERT_EQ(talk.server_has, 0U);
  talk.link.end_output(lane.now);
  talk.client_reads = false;
  lane.run_for(10s);
  EXPECT_FALSE(talk.link.output_over()) << "the client has not taken what has arrived";
  talk.client_reads = true;
  lane.turn();
  EXPECT_TRUE(talk.link.output_over());
  EXPECT_EQ(talk.at_client.bytes(), 10'000U);
  EXPECT_FALSE(talk.link.underway());
}

TEST(SimulatedLink, TheClientsEndComesBehindItsBytes) {
  Lane lane{"rtt=100ms,up=1mbit,loss_up=5%"};
  Talk& talk = lane.connect();
  talk.client_has = 30'000;
  lane.turn();
  talk.link.end_input(lane.now);
  EXPECT_FALSE(talk.link.wants_input());
  while (!talk.link.input_over()) lane.run_for(1ms);
  EXPECT_EQ(talk.at_server.bytes(), 30'000U);
  EXPECT_FALSE(talk.link.was_reset());
}

TEST(SimulatedLink, AClientThatResetsIsGoneForTheServerHalfARoundTripLater) {
  Lane lane{"rtt=100ms,down=1mbit"};
  Talk& talk = lane.connect();
  talk.server_has = 1'000'000;
  lane.run_for(500ms);
  talk.link.reset_input(lane.now);
  lane.run_for(49ms);
  EXPECT_FALSE(talk.link.was_reset());
  lane.run_for(1ms);
  EXPECT_TRUE(talk.link.was_reset());
  EXPECT_TRUE(talk.link.input_over());
  talk.link.reset_output(lane.now);
  EXPECT_TRUE(talk.link.output_over());  // nobody is there for whom to wait
}

TEST(SimulatedLink, AServerThatResetsIsGoneForTheClientThoughBytesAreMissing) {
  Lane lane{"rtt=100ms,down=1mbit"};
  Talk& talk = lane.connect();
  talk.server_has = 1'000'000;
  lane.run_for(500ms);
  talk.link.reset_output(lane.now);
  // Up to a hundred packets are queued before it: 1.2 s.
  lane.run_for(1300ms);
  EXPECT_TRUE(talk.link.output_over());
  EXPECT_LT(talk.at_client.bytes(), 1'000'000U);
  EXPECT_TRUE(talk.at_client.intact());
  EXPECT_EQ(talk.link.room(), 0U);
}

TEST(SimulatedLink, WhoeverHasHeardOfAResetSaysNothingMore) {
  Lane lane{"rtt=100ms,up=1mbit"};
  Talk& talk = lane.connect();
  talk.client_has = 100'000;
  lane.run_for(200ms);
  talk.link.reset_output(lane.now);
  lane.run_for(50ms);
  const std::uint64_t packets = lane.line->packets();
  lane.run_for(600s);
  EXPECT_EQ(lane.line->packets(), packets);
  EXPECT_FALSE(lane.line->next_event());
}

TEST(SimulatedLink, AServerThatResetsBeforeTheHandshakeIsDoneEndsItThere) {
  Lane lane{"rtt=100ms"};
  Talk& talk = lane.connect();
  lane.run_for(60ms);
  talk.link.reset_output(lane.now);
  lane.run_for(50ms);
  EXPECT_TRUE(talk.link.output_over());
  lane.run_for(600s);
  EXPECT_LE(lane.line->packets(), 4U) << "SYN, SYN-ACK, reset, and what answered the second";
}

TEST(SimulatedLink, BehindAResetNothingIsSentAgain) {
  Lane lane{"rtt=100ms"};
  Talk& talk = lane.connect();
  talk.server_has = 1'000'000;
  lane.run_for(200ms);
  lane.change("rtt=100ms,loss=100%");
  talk.link.reset_output(lane.now);
  lane.run_for(1s);
  const std::uint64_t packets = lane.line->packets();
  lane.run_for(600s);
  EXPECT_EQ(lane.line->packets(), packets);
}

// --- How late the server decides

TEST(SimulatedLink, NeverMoreThanSixteenKilobytesLieUnsentAboveTheWindow) {
  Lane lane{"rtt=80ms,down=10mbit,loss=1%,seed=4"};
  Talk& talk = lane.connect();
  std::uint64_t most = 0;
  for (int turn = 0; turn < 20'000; ++turn) {
    lane.now = *lane.line->next_event();
    lane.line->advance(lane.now);
    talk.link.collect(lane.now);
    while (!talk.link.output().empty()) {
      talk.link.sent(talk.at_client.note(talk.link.output().front()), lane.now);
    }
    while (const std::size_t room = talk.link.room()) {
      talk.server_has += room;
      talk.server_writes(room, lane.now);
      const auto flow = lane.line->flow(talk.link.id(), Direction::down);
      most = std::max(most, flow.unsent_bytes());
    }
  }
  EXPECT_GT(talk.at_client.bytes(), 2'000'000U);
  EXPECT_LE(most, 16U * 1024);
}

TEST(SimulatedLink, RecordsStartSmallGrowAndFallBackAfterAPause) {
  Lane lane{"rtt=20ms,down=100mbit"};
  Talk& talk = lane.connect();
  lane.run_for(100ms);
  // A packet's payload less what TLS adds.
  EXPECT_EQ(talk.link.record_bytes(lane.now), 1448U - 29);
  talk.server_has = 63 * 1024;
  lane.run_for(200ms);
  EXPECT_EQ(talk.link.record_bytes(lane.now), 1448U - 29);
  talk.server_has = 1024;
  lane.run_for(200ms);
  EXPECT_EQ(talk.link.record_bytes(lane.now), 16U * 1024);
  lane.run_for(1s);
  EXPECT_EQ(talk.link.record_bytes(lane.now), 1448U - 29);
}

// --- Attacks

}  // namespace
}  // namespace muxlab::test
