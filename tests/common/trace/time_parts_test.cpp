#include <gmock/gmock.h>

#include <random>

#include "common/trace/analysis.h"
#include "tests/common/trace/trace_builder.h"

namespace muxlab::trace {
bool operator==(const TimeParts& one, const TimeParts& other) {
  return one.waiting_for_connection == other.waiting_for_connection &&
         one.handshakes == other.handshakes && one.client == other.client &&
         one.request == other.request && one.queueing == other.queueing &&
         one.server == other.server && one.download == other.download &&
         one.stalled_by_loss == other.stalled_by_loss;
}
void PrintTo(const TimeParts& parts, std::ostream* out) {
  *out << "waiting " << milliseconds(parts.waiting_for_connection) << ", handshakes "
       << milliseconds(parts.handshakes) << ", client " << milliseconds(parts.client)
       << ", request " << milliseconds(parts.request) << ", queueing "
       << milliseconds(parts.queueing) << ", server " << milliseconds(parts.server) << ", download "
       << milliseconds(parts.download) << ", stalled " << milliseconds(parts.stalled_by_loss)
       << " ms";
}
}  // namespace muxlab::trace

namespace muxlab::test {
namespace {

using trace::TimeParts;

// An exchange whose answer is written and lands in one go.
void exchange(ConnectionBuilder& connection, std::uint32_t stream, Duration sent, Duration received,
              Duration written, Duration landed) {
  connection.request(stream, "/" + std::to_string(stream), sent, received);
  connection.head(stream, "text/plain", written, landed, 1);
  connection.content(stream, "x", written, landed, true);
}

Duration sum_of(const TimeParts& parts) {
  return parts.waiting_for_connection + parts.handshakes + parts.client + parts.request +
         parts.queueing + parts.server + parts.download + parts.stalled_by_loss;
}

TEST(TimeParts, OfOneExchangeAreItsOwn) {
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(160ms);
  exchange(connection, 1, 161ms, 201ms, 211ms, 251ms);

  EXPECT_EQ(
      trace::where_the_time_went(run_of({connection.built()})),
      (TimeParts{
          .handshakes = 160ms, .client = 1ms, .request = 40ms, .server = 10ms, .download = 40ms}));
}

TEST(TimeParts, AreTheDocumentsUntilTheLastExchangeWasDiscovered) {
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(100ms);
  exchange(connection, 1, 100ms, 120ms, 121ms, 141ms);
  exchange(connection, 3, 150ms, 170ms, 172ms, 192ms);
  trace::RunTrace run = run_of({connection.built()});
  // It was not said when it was discovered: when the document was there.
  EXPECT_EQ(
      trace::where_the_time_went(run),
      (TimeParts{
          .handshakes = 100ms, .client = 9ms, .request = 40ms, .server = 3ms, .download = 40ms}));
  // In the midst of the document: the rest of it is no longer on the path.
  run.run.reports = {{"/3", at(125ms), std::nullopt}};
  EXPECT_EQ(
      trace::where_the_time_went(run),
      (TimeParts{
          .handshakes = 100ms, .client = 25ms, .request = 40ms, .server = 3ms, .download = 24ms}));
}

TEST(TimeParts, WaitForAConnectionWhileAllAreBusy) {
  ConnectionBuilder one{Protocol::http11, 1};
  one.opened(0ms).ready(50ms);
  exchange(one, 1, 50ms, 60ms, 60ms, 70ms);   // the document
  exchange(one, 1, 70ms, 80ms, 80ms, 200ms);  // keeps it busy
  exchange(one, 1, 203ms, 213ms, 213ms, 223ms);
  ConnectionBuilder other{Protocol::http11, 2};
  other.opened(70ms).ready(120ms);
  exchange(other, 1, 120ms, 130ms, 130ms, 210ms);

  EXPECT_EQ(trace::where_the_time_went(run_of({one.built(), other.built()})),
            (TimeParts{.waiting_for_connection = 133ms,  // 70 to 203: the browser took a moment
                       .handshakes = 50ms,
                       .request = 20ms,
                       .download = 20ms}));
}

TEST(TimeParts, AConnectionThatLiesIdleForLongerWasTheClientsChoice) {
  ConnectionBuilder one{Protocol::http11, 1};
  one.opened(0ms).ready(50ms);
  exchange(one, 1, 50ms, 60ms, 60ms, 70ms);
  exchange(one, 1, 70ms, 80ms, 80ms, 200ms);
  exchange(one, 1, 260ms, 270ms, 270ms, 280ms);

  EXPECT_EQ(trace::where_the_time_went(run_of({one.built()})),
            (TimeParts{.waiting_for_connection = 130ms,
                       .handshakes = 50ms,
                       .client = 60ms,
                       .request = 20ms,
                       .download = 20ms}));
}

TEST(TimeParts, ThatAreHandshakesAreNoWaiting) {
  ConnectionBuilder one{Protocol::http11, 1};
  one.opened(0ms).ready(50ms);
  exchange(one, 1, 50ms, 60ms, 60ms, 70ms);
  exchange(one, 1, 70ms, 80ms, 80ms, 110ms);
  ConnectionBuilder other{Protocol::http11, 2};
  other.opened(75ms).ready(125ms);
  exchange(other, 1, 125ms, 135ms, 135ms, 145ms);

  EXPECT_EQ(trace::where_the_time_went(run_of({one.built(), other.built()})),
            (TimeParts{.waiting_for_connection = 5ms,  // 70 to 75
                       .handshakes = 100ms,
                       .request = 20ms,
                       .download = 20ms}));
}

TEST(TimeParts, AreTheClientsWhileItHasNoConnectionAndOpensNone) {
  ConnectionBuilder one{Protocol::http11, 1};
  one.opened(0ms).ready(50ms).closed(65ms, EndedBy::server);
  exchange(one, 1, 50ms, 60ms, 60ms, 70ms);
  ConnectionBuilder other{Protocol::http11, 2};
  other.opened(90ms).ready(140ms);
  exchange(other, 1, 140ms, 150ms, 150ms, 160ms);

  EXPECT_EQ(trace::where_the_time_went(run_of({one.built(), other.built()})),
            (TimeParts{.handshakes = 100ms, .client = 20ms, .request = 20ms, .download = 20ms}));
}

TEST(TimeParts, WaitInHttp2WhenAllStreamsThatAreAllowedAreOpen) {
  constexpr std::uint16_t max_concurrent_streams = 3;
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(50ms);
  connection.settings(Direction::down, {{max_concurrent_streams, 1}}, 50ms, 60ms);
  exchange(connection, 1, 50ms, 60ms, 60ms, 70ms);
  exchange(connection, 3, 70ms, 80ms, 80ms, 100ms);
  exchange(connection, 5, 100ms, 110ms, 110ms, 120ms);

  const auto parts = trace::where_the_time_went(run_of({connection.built()}));
  EXPECT_EQ(parts->waiting_for_connection, 30ms);
}

TEST(TimeParts, QueueAtTheServerBehindOthers) {
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(10ms);
  exchange(connection, 1, 10ms, 20ms, 20ms, 30ms);
  connection.request(3, "/3", 30ms, 40ms);
  connection.request(5, "/5", 30ms, 41ms);
  connection.head(3, "image/png", 42ms, 62ms);
  connection.content(3, std::string(16384, 'x'), 42ms, 62ms);
  connection.content(3, std::string(16384, 'x'), 52ms, 72ms, true);
  connection.head(5, "image/png", 52ms, 72ms);
  connection.content(5, "x", 52ms, 73ms, true);

  EXPECT_EQ(trace::where_the_time_went(run_of({connection.built()})),
            (TimeParts{.handshakes = 10ms,
                       .request = 21ms,
                       .queueing = 10ms,  // 42 to 52
                       .server = 1ms,
                       .download = 31ms}));
}

TEST(TimeParts, QueueAfterTheHeadOfTheAnswerToo) {
  ConnectionBuilder connection{Protocol::http2};
  const std::string record(16384, 'x');
  connection.opened(0ms).ready(10ms);
  exchange(connection, 1, 10ms, 20ms, 20ms, 30ms);
  connection.request(3, "/3", 30ms, 40ms);
  connection.request(5, "/5", 30ms, 40ms);
  connection.head(3, "image/png", 40ms, 60ms);
  connection.head(5, "image/png", 40ms, 60ms);
  connection.content(3, record, 41ms, 61ms);
  connection.content(3, record, 51ms, 71ms, true);
  connection.content(5, record, 61ms, 81ms, true);
  // Nothing of it got through from 66 on, so that is not the queue's any more.
  connection.segment(0, 1000, 0ms, 20ms);
  connection.segment(1000, 1000, 46ms, 47ms, trace::Segment::Fate::lost);
  connection.segment(1000, 1000, 50ms, 70ms);

  EXPECT_EQ(trace::where_the_time_went(run_of({connection.built()})),
            (TimeParts{.handshakes = 10ms,
                       .request = 20ms,
                       .queueing = 20ms + 500us,  // 40 to 61, less its own head's half of the first
                       .download = 26ms + 500us,
                       .stalled_by_loss = 4ms}));
}

TEST(TimeParts, TellStallsFromTheDownloadAndTheRequest) {
  using Fate = trace::Segment::Fate;
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(10ms);
  exchange(connection, 1, 10ms, 100ms, 110ms, 300ms);
  connection.segment(0, 100, 110ms, 130ms);
  connection.segment(100, 100, 140ms, 141ms, Fate::lost);
  connection.segment(100, 100, 280ms, 300ms);
  for (const auto& [offset, sent, when, fate] :
       {std::tuple{0, 0ms, 10ms, Fate::arrived}, std::tuple{100, 10ms, 11ms, Fate::lost},
        std::tuple{100, 90ms, 100ms, Fate::arrived}}) {
    connection.segment(static_cast<std::uint64_t>(offset), 100, sent, when, fate).direction =
        Direction::up;
  }

  EXPECT_EQ(trace::where_the_time_went(run_of({connection.built()})),
            (TimeParts{.handshakes = 10ms,
                       .request = 10ms,
                       .server = 10ms,
                       .download = 50ms,  // to 160, when it was due
                       .stalled_by_loss = 220ms}));
}

TEST(TimeParts, OfAPushedExchangeBeginWithItsPromise) {
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).ready(10ms);
  exchange(connection, 1, 10ms, 20ms, 21ms, 31ms);
  connection.trace.exchanges[0].first_byte_written = at(21ms);
  exchange(connection, 2, 20ms, 30ms, 25ms, 45ms);  // promised at 20, written at 25
  connection.trace.exchanges[1].pushed = true;

  EXPECT_EQ(trace::where_the_time_went(run_of({connection.built()})),
            (TimeParts{.handshakes = 10ms, .request = 10ms, .server = 5ms, .download = 20ms}));
}

TEST(TimeParts, AreNoneWhileNothingIsComplete) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/", 0ms, 1ms);
  const trace::RunTrace run = run_of({connection.built()});
  EXPECT_EQ(trace::where_the_time_went(run), std::nullopt);
  EXPECT_EQ(trace::load_of(run), std::nullopt);
}

// Whatever was seen and whatever was not: nothing is negative, nothing is counted twice or left
// out.
TEST(TimeParts, AlwaysAddUpToTheLoad) {
  std::mt19937 random{7};
  const auto some = [&random] { return Duration{random() % 1'000'000'000}; };
  for (int round = 0; round < 500; ++round) {
    std::vector<std::shared_ptr<const trace::ConnectionTrace>> connections;
    for (std::uint64_t id = 1; id <= 3; ++id) {
      ConnectionBuilder connection{random() % 2 == 0 ? Protocol::http2 : Protocol::http11, id};
      connection.opened(some());
      if (random() % 2 == 0) connection.ready(some());
      if (random() % 2 == 0) connection.closed(some());
      if (random() % 2 == 0) connection.on_a_line();
      for (std::uint32_t stream = 1; stream <= 5; ++stream) {
        exchange(connection, stream, some(), some(), some(), some());
        trace::Exchange& made = connection.trace.exchanges.back();
        made.pushed = random() % 8 == 0;
        if (random() % 8 == 0) made.sent.reset();
        if (random() % 8 == 0) made.received.reset();
        if (random() % 8 == 0) made.first_byte_written.reset();
        if (random() % 8 == 0) made.last_byte_landed.reset();
        connection.segment(stream * 10, 20, some(), some(),
                           static_cast<trace::Segment::Fate>(random() % 4));
      }
      connections.push_back(connection.built());
    }
    trace::RunTrace run = run_of(std::move(connections));
    run.run.start = at(some() / 2);
    if (random() % 2 == 0) run.run.reports = {{"/3", at(some()), at(some())}};
    if (random() % 2 == 0) run.run.load = some();

    const auto parts = trace::where_the_time_went(run);
    if (!parts) continue;
    ASSERT_EQ(sum_of(*parts), run.run.load ? *run.run.load : *trace::load_of(run)) << round;
    for (const Duration part :
         {parts->waiting_for_connection, parts->handshakes, parts->client, parts->request,
          parts->queueing, parts->server, parts->download, parts->stalled_by_loss}) {
      ASSERT_GE(part, 0ns) << round;
    }
  }
}

}  // namespace
}  // namespace muxlab::test
