// Runs: which connections are theirs, when they begin and end, and what goes when memory is full.
#include "server/recording/runs.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/hand_made_trace.h"

namespace muxlab::test {
namespace {

using server::recording::RunRecord;
using server::recording::Runs;
using server::recording::RunState;
using server::recording::RunWish;
using server::tap::News;

class RunsTest : public ::testing::Test {
 protected:
  const RunRecord& begin(Duration at = {}) {
    RunWish wish;
    wish.page = "mosaic";
    wish.target = "mosaic/?tiles=16";
    wish.lane = wish.way = "h2";
    wish.lane_url = "https://localhost:8453/";
    return runs_.begin(wish, Instant{} + at, {});
  }

  std::shared_ptr<trace::ConnectionTrace> connect(std::uint64_t id, Duration opened) {
    auto trace = std::make_shared<trace::ConnectionTrace>();
    trace->facts.id = id;
    trace->opened = Instant{} + opened;
    return trace;
  }

  // A request that was sent and received at `at`.
  void request(const std::shared_ptr<trace::ConnectionTrace>& on, const std::string& path,
               Duration at) {
    trace::Exchange exchange;
    exchange.path = path;
    exchange.nth = static_cast<std::uint32_t>(on->exchanges.size() + 1);
    exchange.sent = exchange.received = Instant{} + at;
    on->exchanges.push_back(exchange);
    runs_.heard(on, news_of(*on, News::What::request, on->exchanges.size() - 1));
  }

  void answer(const std::shared_ptr<trace::ConnectionTrace>& on, std::size_t index, Duration at) {
    on->exchanges[index].complete = true;
    on->exchanges[index].last_byte_landed = Instant{} + at;
    runs_.heard(on, news_of(*on, News::What::exchange_over, index));
  }

  static std::string path(const RunRecord& run, const std::string& rest) {
    return "/r/" + run.facts.id + "/" + rest;
  }

  Runs runs_{7};
};

TEST_F(RunsTest, HasAnAddressOfItsOwn) {
  const RunRecord& run = begin();
  EXPECT_EQ(run.url(), "https://localhost:8453/r/" + run.facts.id + "/mosaic/?tiles=16");
  EXPECT_EQ(runs_.find(run.facts.id), &run);
  EXPECT_NE(begin().facts.id, run.facts.id);
}

TEST_F(RunsTest, TakesTheConnectionsWhoseRequestsNameIt) {
  const RunRecord& run = begin();
  const auto theirs = connect(1, 10ms);
  const auto other = connect(2, 10ms);
  request(theirs, path(run, "mosaic/"), 50ms);
  request(other, "/mosaic/", 50ms);
  ASSERT_EQ(run.connections.size(), 1u);
  EXPECT_EQ(run.connections[0], theirs);
  EXPECT_EQ(runs_.run_of(1), &run);
  EXPECT_EQ(runs_.run_of(2), nullptr);
  EXPECT_EQ(runs_.trace(run)->exchanges().size(), 1u);
}

TEST_F(RunsTest, BeginsWithTheConnectionThatWasOpenedForIt) {
  const RunRecord& cold = begin(5ms);
  request(connect(1, 10ms), path(cold, ""), 50ms);
  EXPECT_EQ(cold.facts.start, Instant{} + 10ms);

  const RunRecord& warm = begin(100ms);
  request(connect(2, 20ms), path(warm, ""), 150ms);
  EXPECT_EQ(warm.facts.start, Instant{} + 150ms);
}

TEST_F(RunsTest, LoadsUntilTheLastByteHasLanded) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(run, ""), 50ms);
  EXPECT_EQ(runs_.trace(run)->run.load, std::nullopt);
  answer(connection, 0, 90ms);
  EXPECT_EQ(runs_.trace(run)->run.load, Duration{80ms});
}

TEST_F(RunsTest, EndsTwoSecondsAfterItsLastByte) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  request(connection, path(run, "a.png"), 60ms);
  answer(connection, 0, 100ms);
  runs_.advance(Instant{} + 3s);
  EXPECT_EQ(run.state, RunState::running) << "one answer is still under way";
  answer(connection, 1, 3s);
  runs_.advance(Instant{} + 4999ms);
  EXPECT_EQ(run.state, RunState::running);
  runs_.advance(Instant{} + 5s);
  EXPECT_EQ(run.state, RunState::ended);
}

TEST_F(RunsTest, DoesNotTakeTheEndOfAnotherExchangeForOneOfItsOwn) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, "/objects/large.bin", 40ms);
  request(connection, path(run, ""), 50ms);
  answer(connection, 0, 100ms);
  runs_.advance(Instant{} + 3s);
  EXPECT_EQ(run.state, RunState::running);
  answer(connection, 1, 3s);
  runs_.advance(Instant{} + 5s);
  EXPECT_EQ(run.state, RunState::ended);
}

TEST_F(RunsTest, EndsAfterTwoMinutesWhateverHappens) {
  const RunRecord& run = begin();
  request(connect(1, 0ms), path(run, ""), 50ms);
  runs_.advance(Instant{} + 119s);
  EXPECT_EQ(run.state, RunState::running);
  runs_.advance(Instant{} + 120s);
  EXPECT_EQ(run.state, RunState::ended);
}

TEST_F(RunsTest, EndsAfterAConnectionWasCutShort) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  answer(connection, 0, 60ms);
  request(connection, path(run, "a.png"), 70ms);
  connection->closed = Instant{} + 80ms;
  runs_.heard(connection, {News::What::closed, 0});
  runs_.advance(Instant{} + 2100ms);
  EXPECT_EQ(run.state, RunState::ended);
}

TEST_F(RunsTest, AnEndedRunTakesNothingMore) {
  const RunRecord& run = begin();
  ASSERT_TRUE(runs_.end(run.facts.id, Instant{} + 10ms));
  request(connect(1, 20ms), path(run, ""), 50ms);
  EXPECT_TRUE(run.connections.empty());
  EXPECT_FALSE(runs_.end("nonsense", Instant{}));
}

TEST_F(RunsTest, TheOldestGoFirst) {
  const std::string first = begin().facts.id;
  for (std::size_t i = 1; i < server::recording::most_runs; ++i) begin();
  EXPECT_NE(runs_.find(first), nullptr);
  const std::string last = begin().facts.id;
  EXPECT_EQ(runs_.find(first), nullptr);
  EXPECT_TRUE(runs_.was_dropped(first));
  EXPECT_FALSE(runs_.was_dropped(last));
  EXPECT_FALSE(runs_.was_dropped("zzzz"));
  EXPECT_EQ(runs_.dropped(), 1u);
}

TEST_F(RunsTest, TheOldestGoWhenTheirMemoryIsUsedUp) {
  const RunRecord& run = begin();
  const std::string old = run.facts.id;
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  const RunRecord& young = begin();
  const auto big = connect(2, 0ms);
  big->held_bytes = server::recording::most_recorded_bytes;
  request(big, path(young, ""), 60ms);
  connection->held_bytes = 1;
  runs_.advance(Instant{} + 100ms);
  EXPECT_EQ(runs_.find(old), nullptr);
  EXPECT_EQ(runs_.find(young.facts.id), &young);
  EXPECT_EQ(runs_.run_of(1), nullptr);
}

TEST_F(RunsTest, RunsThatShareAConnectionEachHaveTheirTimeOnIt) {
  const RunRecord& first = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(first, ""), 50ms);
  const RunRecord& second = begin(100ms);
  request(connection, path(second, ""), 150ms);
  EXPECT_TRUE(first.facts.holds(Instant{} + 149ms));
  EXPECT_FALSE(first.facts.holds(Instant{} + 150ms));
  EXPECT_FALSE(second.facts.holds(Instant{} + 149ms));
  EXPECT_TRUE(second.facts.holds(Instant{} + 150ms));
}

TEST_F(RunsTest, LaysTheClientsClockOverItsOwn) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(run, ""), 50ms);
  runs_.report(run.facts.id, {{path(run, ""), Instant{} + 1ms, std::nullopt, Instant{} + 3ms},
                              {path(run, "a.png"), Instant{} + 21ms, std::nullopt, std::nullopt}});
  ASSERT_EQ(run.facts.reports.size(), 2u);
  EXPECT_EQ(run.facts.reports[0].sent, Instant{} + 50ms);
  EXPECT_EQ(run.facts.reports[1].discovered, Instant{} + 68ms);
}

TEST_F(RunsTest, TellsWhatBecomesOfThem) {
  std::vector<std::string> told;
  runs_.on_change([&told](const RunRecord& run, bool dropped) {
    told.push_back(dropped ? "dropped" : std::string{name_of(run.state)});
  });
  const RunRecord& run = begin();
  request(connect(1, 0ms), path(run, ""), 50ms);
  runs_.end(run.facts.id, Instant{} + 60ms);
  EXPECT_TRUE(runs_.remove(run.facts.id));
  EXPECT_EQ(told, (std::vector<std::string>{"waiting", "running", "ended", "dropped"}));
}

}  // namespace
}  // namespace muxlab::test
