#include <gmock/gmock.h>

#include "common/trace/analysis.h"
#include "tests/common/trace/trace_builder.h"

namespace muxlab::trace {
bool operator==(const Blocked& one, const Blocked& other) {
  return one.by == other.by && one.exchange == other.exchange && one.from == other.from &&
         one.to == other.to;
}
void PrintTo(const Blocked& wait, std::ostream* out) {
  *out << name_of(wait.by) << " from " << milliseconds(wait.from.time_since_epoch()) << " to "
       << milliseconds(wait.to.time_since_epoch()) << " ms, exchange ";
  wait.exchange ? *out << *wait.exchange : *out << "none";
}
}  // namespace muxlab::trace

namespace muxlab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Blocked;
using trace::Blocker;

const std::string record(16 * 1024, 'x');
constexpr std::uint32_t record_bytes = 16 * 1024 + 9;  // with its frame header

// An HTTP/2 connection whose line takes a record of DATA every 10 ms: as each is written, the one
// before it is still to be sent.
class SlowConnection : public ConnectionBuilder {
 public:
  SlowConnection() : ConnectionBuilder(Protocol::http2) { on_a_line(); }

  void heads(std::initializer_list<std::uint32_t> streams, Duration when) {
    for (const std::uint32_t stream : streams) head(stream, "image/png", when, when + 40ms);
    segment(sent_, static_cast<std::uint32_t>(trace.plain_bytes[0] - sent_), when, when + 40ms);
    sent_ = trace.plain_bytes[0];
  }
  // A record is written, and the sender takes more when it has gone, 10 ms later.
  void turn(std::uint32_t stream, Duration when, bool last = false) {
    content(stream, record, when, when + 50ms, last);
    segment(sent_, record_bytes, when + 10ms, when + 50ms);
    sent_ += record_bytes;
  }

 private:
  std::uint64_t sent_ = 0;
};

TEST(Blocked, ByAnotherExchangeWhoseTurnItIs) {
  SlowConnection connection;
  connection.request(1, "/a", 0ms, 10ms);
  connection.request(3, "/b", 0ms, 10ms);
  connection.heads({1, 3}, 15ms);
  connection.turn(1, 20ms);
  connection.turn(1, 30ms, true);
  connection.turn(3, 40ms);
  connection.turn(3, 50ms, true);
  const auto waits = trace::blocked(*connection.built());

  ASSERT_EQ(waits.size(), 2U);
  EXPECT_THAT(waits[0], ElementsAre(Blocked{Blocker::line, {}, at(20ms), at(30ms)}));
  EXPECT_THAT(waits[1], ElementsAre(Blocked{Blocker::connection, 0, at(20ms), at(40ms)},
                                    Blocked{Blocker::line, {}, at(40ms), at(50ms)}));
}

TEST(Blocked, ByEachInTheOrderOfTheBytesWhereSeveralWereWrittenAtOnce) {
  SlowConnection connection;
  connection.request(1, "/a", 0ms, 10ms);
  connection.request(3, "/b", 0ms, 10ms);
  connection.request(5, "/c", 0ms, 10ms);
  // 16 KiB of each, of which the line takes one in 10 ms.
  connection.content(1, record, 20ms, 70ms, true);
  connection.content(3, record, 20ms, 70ms, true);
  connection.segment(0, 2 * record_bytes, 40ms, 70ms);
  connection.content(5, "x", 40ms, 80ms, true);

  connection.exchange_on(3).priority = "u=1";
  EXPECT_THAT(trace::blocked(*connection.built())[2],
              ElementsAre(Blocked{Blocker::connection, 0, at(20ms), at(30ms)},
                          Blocked{Blocker::priority, 1, at(30ms), at(40ms)}));
}

TEST(Blocked, ByPriorityWhereTheOtherIsMoreUrgent) {
  SlowConnection connection;
  connection.request(1, "/picture", 0ms, 20ms).priority = "u=5, i";
  connection.request(3, "/style", 0ms, 25ms).priority = "u=0";
  connection.head(1, "image/png", 20ms, 60ms);
  connection.turn(1, 20ms);
  connection.turn(3, 30ms, true);
  connection.turn(1, 40ms, true);
  connection.exchange_on(3).first_byte_written = at(30ms);
  const auto waits = trace::blocked(*connection.built());

  EXPECT_THAT(waits[0], ElementsAre(Blocked{Blocker::line, {}, at(20ms), at(30ms)},
                                    Blocked{Blocker::priority, 1, at(30ms), at(40ms)}));
  EXPECT_THAT(waits[1], ElementsAre(Blocked{Blocker::connection, 0, at(25ms), at(30ms)}))
      << "what is urgent waits too, for what was written before it came";
}

TEST(Blocked, ByTheOneThatWasWrittenMostMeanwhile) {
  SlowConnection connection;
  connection.request(1, "/a", 0ms, 10ms);
  connection.request(3, "/b", 0ms, 10ms);
  connection.request(5, "/c", 0ms, 20ms);
  connection.turn(3, 20ms);
  connection.turn(1, 30ms);
  connection.turn(3, 40ms, true);
  connection.turn(5, 50ms, true);

  EXPECT_THAT(trace::blocked(*connection.built())[2],
              ElementsAre(Blocked{Blocker::connection, 1, at(20ms), at(50ms)}));
}

TEST(Blocked, ByFlowControlWhileAWindowIsUsedUp) {
  constexpr std::uint16_t initial_window_size = 4;
  SlowConnection connection;
  connection.settings(Direction::up, {{initial_window_size, 16 * 1024}}, 0ms, 5ms);
  connection.request(1, "/a", 0ms, 10ms);
  connection.request(3, "/b", 0ms, 10ms);
  connection.heads({1, 3}, 20ms);
  connection.turn(1, 20ms);  // its window is used up
  connection.turn(3, 30ms, true);
  connection.window_update(Direction::up, 1, 16 * 1024, 60ms, 100ms);
  connection.turn(1, 100ms, true);

  EXPECT_THAT(trace::blocked(*connection.built())[0],
              ElementsAre(Blocked{Blocker::flow_control, {}, at(20ms), at(100ms)}));
}

TEST(Blocked, NotWhileTheServerThinks) {
  SlowConnection connection;
  connection.request(1, "/slow", 0ms, 20ms);
  connection.heads({1}, 320ms);
  connection.turn(1, 320ms, true);
  EXPECT_THAT(trace::blocked(*connection.built())[0], IsEmpty());
}

TEST(Blocked, InHttp1ByTheAnswerBeforeAPipelinedOne) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/a", 0ms, 10ms);
  connection.head(1, "image/png", 11ms, 51ms, 2 * record.size());
  connection.content(1, record, 11ms, 51ms);
  connection.content(1, record, 31ms, 71ms, true);
  connection.request(2, "/b", 0ms, 10ms);
  connection.trace.exchanges[1].received = at(10ms);
  connection.head(2, "image/png", 31ms, 71ms, 0);
  connection.content(2, "", 31ms, 71ms, true);
  const auto waits = trace::blocked(*connection.built());

  EXPECT_THAT(waits[0], ElementsAre(Blocked{Blocker::line, {}, at(11ms), at(31ms)}))
      << "without a line, whoever goes on writing had to wait for the kernel";
  EXPECT_THAT(waits[1], ElementsAre(Blocked{Blocker::connection, 0, at(11ms), at(31ms)}));
}

TEST(Blocked, KnowsNothingOfWhatWasNeverReceived) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/a", 0ms, 10ms).received.reset();
  EXPECT_THAT(trace::blocked(*connection.built())[0], IsEmpty());
}

}  // namespace
}  // namespace muxlab::test
