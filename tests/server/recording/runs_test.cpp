// Runs: which connections are theirs, when they begin and end, and what goes when memory is full.
#include "server/recording/runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/trace/analysis.h"
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
    wish.client = "127.0.0.1";
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
    exchange.stream = 2 * exchange.nth - 1;
    exchange.sent = exchange.received = Instant{} + at;
    on->exchanges.push_back(exchange);
    runs_.heard(on, news_of(*on, News::What::request, on->exchanges.size() - 1));
  }

  void push(const std::shared_ptr<trace::ConnectionTrace>& on, const std::string& path,
            std::uint32_t promised_on, Duration at) {
    trace::Exchange exchange;
    exchange.path = path;
    exchange.nth = static_cast<std::uint32_t>(on->exchanges.size() + 1);
    exchange.stream = 2 * exchange.nth;
    exchange.pushed = true;
    exchange.promised_on = promised_on;
    exchange.sent = exchange.received = Instant{} + at;
    on->exchanges.push_back(exchange);
    runs_.heard(on, news_of(*on, News::What::request, on->exchanges.size() - 1));
  }

  void close(const std::shared_ptr<trace::ConnectionTrace>& on, Duration at, EndedBy by) {
    on->closed = Instant{} + at;
    on->closed_by = by;
    runs_.heard(on, {News::What::closed, 0});
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
  EXPECT_EQ(run.connections[0].trace, theirs);
  EXPECT_EQ(runs_.run_of(*theirs, 0), &run);
  EXPECT_EQ(runs_.run_of(*other, 0), nullptr);
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
  close(connection, 80ms, EndedBy::client);
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
  EXPECT_EQ(runs_.run_of(*connection, 0), nullptr);
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

TEST_F(RunsTest, LaysTheClientsClockOverTheRequestThatBothKnow) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(run, ""), 5050ms);
  runs_.report(run.facts.id, {{path(run, "b.png"), Instant{} + 5000ms, {}, {}},
                              {path(run, ""), Instant{} + 1ms, {}, Instant{} + 3ms}});
  ASSERT_EQ(run.facts.reports.size(), 2u);
  EXPECT_EQ(run.facts.reports[1].discovered, Instant{} + 5048ms);

  runs_.report(run.facts.id, {{"/elsewhere", Instant{}, {}, {}}});
  EXPECT_EQ(run.facts.reports.size(), 2u) << "of nothing that the run knows";
}

// --- Warm, and several on one connection

TEST_F(RunsTest, AWarmRunBeginsWithItsFirstRequestThoughItWasAskedForBeforeTheConnectionWasOpened) {
  const RunRecord& warm_up = begin();
  const RunRecord& warm = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(warm_up, ""), 50ms);
  answer(connection, 0, 90ms);
  runs_.end(warm_up.facts.id, Instant{} + 100ms);
  request(connection, path(warm, ""), 150ms);
  answer(connection, 1, 190ms);
  EXPECT_EQ(runs_.trace(warm)->run.load, Duration{40ms});
  EXPECT_EQ(runs_.trace(warm_up)->run.load, Duration{80ms});
  EXPECT_EQ(trace::cost_of(*runs_.trace(warm)).handshakes, 0u);
}

TEST_F(RunsTest, AnyNumberOfRunsShareAConnectionAndEachEndsWithItsOwnExchanges) {
  const auto connection = connect(1, 10ms);
  const RunRecord& first = begin();
  const RunRecord& second = begin();
  const RunRecord& third = begin();
  request(connection, path(first, ""), 50ms);
  request(connection, path(second, ""), 60ms);
  request(connection, path(third, ""), 70ms);
  request(connection, "/favicon.ico", 75ms);
  answer(connection, 3, 80ms);
  answer(connection, 1, 100ms);
  runs_.advance(Instant{} + 2100ms);
  EXPECT_EQ(first.state, RunState::running);
  EXPECT_EQ(second.state, RunState::ended);
  EXPECT_EQ(third.state, RunState::running);
  answer(connection, 0, 3000ms);
  answer(connection, 2, 3100ms);
  runs_.advance(Instant{} + 5100ms);
  for (const RunRecord* run : {&first, &second, &third}) {
    EXPECT_EQ(run->state, RunState::ended);
    const auto seen = runs_.trace(*run);
    EXPECT_EQ(seen->exchanges().size(), 1u);
    EXPECT_THAT(seen->run.invalid_because, testing::IsEmpty());
  }
  EXPECT_EQ(runs_.trace(first)->run.load, Duration{2990ms});
  EXPECT_EQ(runs_.trace(second)->run.load, Duration{40ms});
}

TEST_F(RunsTest, RunsThatShareAConnectionHaveTheirTimeOnIt) {
  const RunRecord& first = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(first, ""), 50ms);
  const RunRecord& second = begin(100ms);
  request(connection, path(second, ""), 150ms);
  answer(connection, 0, 160ms);
  runs_.end(first.facts.id, Instant{} + 200ms);
  const trace::RunConnection of_first = runs_.trace(first)->connections.at(0);
  EXPECT_TRUE(of_first.holds(Instant{} + 10ms));
  EXPECT_TRUE(of_first.holds(Instant{} + 200ms));
  EXPECT_FALSE(of_first.holds(Instant{} + 201ms));
  const trace::RunConnection of_second = runs_.trace(second)->connections.at(0);
  EXPECT_FALSE(of_second.holds(Instant{} + 149ms));
  EXPECT_TRUE(of_second.holds(Instant{} + 150ms));
  EXPECT_TRUE(of_second.holds(Instant{} + 500ms));
}

TEST_F(RunsTest, EachConnectionHasASpanOfItsOwn) {
  const auto old = connect(1, 10ms);
  request(old, "/article/", 20ms);
  const RunRecord& run = begin(100ms);
  request(old, path(run, ""), 150ms);
  request(connect(2, 160ms), path(run, "a.png"), 250ms);
  const auto seen = runs_.trace(run);
  EXPECT_EQ(seen->connections.at(0).from, Instant{} + 150ms);
  EXPECT_EQ(seen->connections.at(1).from, std::nullopt) << "it opened that one";
}

TEST_F(RunsTest, WhatIsPushedBelongsToTheRunOfTheRequestThatItWasPromisedOn) {
  const RunRecord& first = begin();
  const RunRecord& second = begin();
  const auto connection = connect(1, 10ms);
  request(connection, path(first, ""), 50ms);
  request(connection, path(second, ""), 60ms);
  push(connection, "/style.css", 1, 70ms);
  answer(connection, 0, 100ms);
  answer(connection, 1, 100ms);
  runs_.advance(Instant{} + 2100ms);
  EXPECT_EQ(first.state, RunState::running) << "the push is still under way";
  EXPECT_EQ(second.state, RunState::ended);
  EXPECT_EQ(runs_.run_of(*connection, connection->exchanges[2].stream), &first);
  EXPECT_EQ(runs_.run_of(*connection, 1), &first);
  EXPECT_EQ(runs_.run_of(*connection, 3), &second);
  EXPECT_EQ(runs_.run_of(*connection, 0), &second) << "the latest";
}

TEST_F(RunsTest, WhatSeveralRunsHoldIsCountedOnce) {
  const auto connection = connect(1, 0ms);
  connection->held_bytes = server::recording::most_recorded_bytes / 2;
  const std::string first = begin().facts.id;
  request(connection, "/r/" + first + "/", 50ms);
  for (int n = 0; n < 20; ++n) request(connection, path(begin(), ""), 60ms);
  runs_.advance(Instant{} + 100ms);
  EXPECT_NE(runs_.find(first), nullptr);
  EXPECT_EQ(runs_.dropped(), 0u);
}

// --- Validity

TEST_F(RunsTest, IsInvalidWhenAnExchangeIsCut) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  close(connection, 80ms, EndedBy::server);
  EXPECT_THAT(runs_.trace(run)->run.invalid_because,
              testing::ElementsAre("Connection c1 ended before 1 of its exchanges had."));
  runs_.advance(Instant{} + 2100ms);
  EXPECT_EQ(run.state, RunState::ended) << "nothing more comes of it";
}

TEST_F(RunsTest, IsValidWhenTheServerClosesBehindAnAnswerThatIsStillUnderWay) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  connection->exchanges[0].complete = true;
  close(connection, 80ms, EndedBy::server);
  EXPECT_TRUE(runs_.trace(run)->run.valid());
  const auto left = connect(2, 0ms);
  request(left, path(run, ""), 90ms);
  left->exchanges[0].complete = true;
  close(left, 95ms, EndedBy::client);
  EXPECT_FALSE(runs_.trace(run)->run.valid()) << "the client left before it had come";
}

TEST_F(RunsTest, IsInvalidWhenAnExchangeIsResetButNotWhenAPushIsRefused) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  push(connection, path(run, "a.css"), 1, 60ms);
  connection->exchanges[1].error = 8;
  runs_.heard(connection, news_of(*connection, News::What::exchange_over, 1));
  EXPECT_TRUE(runs_.trace(run)->run.valid());
  connection->exchanges[0].error = 8;
  runs_.heard(connection, news_of(*connection, News::What::exchange_over, 0));
  EXPECT_THAT(runs_.trace(run)->run.invalid_because,
              testing::ElementsAre("The exchange of " + path(run, "") +
                                   " was reset before it was complete."));
}

TEST_F(RunsTest, IsInvalidWhenItsLineIsChangedBeforeItHasEnded) {
  const RunRecord& waiting = begin();
  runs_.line_changed("127.0.0.1", "h2");
  EXPECT_FALSE(runs_.trace(waiting)->run.valid()) << "it will not be loaded over the line it names";

  const RunRecord& run = begin();
  request(connect(1, 0ms), path(run, ""), 50ms);
  runs_.line_changed("127.0.0.1", "h1");
  runs_.line_changed("192.0.2.1", "h2");
  EXPECT_TRUE(runs_.trace(run)->run.valid());
  runs_.line_changed("127.0.0.1", "h2");
  EXPECT_THAT(runs_.trace(run)->run.invalid_because,
              testing::ElementsAre("The line was changed after the run was begun."));
  const RunRecord& over = begin();
  runs_.end(over.facts.id, Instant{} + 60ms);
  runs_.line_changed("127.0.0.1", "h2");
  EXPECT_TRUE(runs_.trace(over)->run.valid());
}

TEST_F(RunsTest, IsJudgedLateAgainstItsLoad) {
  const RunRecord& run = begin();
  const auto connection = connect(1, 0ms);
  request(connection, path(run, ""), 50ms);
  answer(connection, 0, 4200ms);
  runs_.lateness(run.facts.id, 1ms, 5600us);
  EXPECT_TRUE(runs_.trace(run)->run.valid()) << "5.6 ms of 4.2 s";
  runs_.lateness(run.facts.id, 1ms, 43ms);
  EXPECT_THAT(
      runs_.trace(run)->run.invalid_because,
      testing::ElementsAre("The line ran 43.0 ms late: the machine had other things to do."));

  const RunRecord& brief = begin(5s);
  const auto other = connect(2, 5s);
  request(other, path(brief, ""), 5050ms);
  answer(other, 0, 5100ms);
  runs_.lateness(brief.facts.id, 1ms, 4900us);
  EXPECT_TRUE(runs_.trace(brief)->run.valid()) << "5 ms a timer may take";
  runs_.lateness(brief.facts.id, 1ms, 5600us);
  EXPECT_FALSE(runs_.trace(brief)->run.valid());
}

TEST_F(RunsTest, IsReplacedByAColdOneWhileItWaits) {
  const RunRecord& waiting = begin();
  const RunRecord& running = begin();
  request(connect(1, 0ms), path(running, ""), 50ms);
  EXPECT_EQ(runs_.running("127.0.0.1", "h2"), &running);
  EXPECT_EQ(runs_.running("127.0.0.1", "h1"), nullptr);
  EXPECT_EQ(runs_.running("192.0.2.1", "h2"), nullptr);
  runs_.replace_waiting("127.0.0.1", "h2", Instant{} + 60ms);
  EXPECT_EQ(running.state, RunState::running);
  EXPECT_EQ(waiting.state, RunState::ended);
  EXPECT_FALSE(runs_.trace(waiting)->run.valid());
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
