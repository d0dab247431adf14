#include <gmock/gmock.h>

#include "common/trace/analysis.h"
#include "tests/common/trace/trace_builder.h"

namespace muxlab::trace {
bool operator==(const Span& one, const Span& other) {
  return one.from == other.from && one.to == other.to;
}
void PrintTo(const Span& span, std::ostream* out) {
  *out << milliseconds(span.from.time_since_epoch()) << " to "
       << milliseconds(span.to.time_since_epoch()) << " ms";
}
}  // namespace muxlab::trace

namespace muxlab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Fate = trace::Segment::Fate;
using trace::Stall;

constexpr std::uint32_t full = 1448;

TEST(Stalls, LastFromWhenTheSegmentWasDueUntilItCameAgain) {
  ConnectionBuilder connection{Protocol::http2};
  connection.segment(0, full, 0ms, 40ms);
  connection.segment(full, full, 1ms, 2ms, Fate::lost);
  connection.segment(2 * full, full, 2ms, 42ms);
  connection.segment(full, full, 60ms, 100ms).retransmission = true;

  EXPECT_THAT(trace::stalls(*connection.built(), Direction::down),
              ElementsAre(Stall{at(41ms), at(100ms)}));
}

TEST(Stalls, BeginNoSoonerThanWhatWasSentBeforeCameThrough) {
  ConnectionBuilder connection{Protocol::http2};
  connection.segment(0, full, 0ms, 40ms);
  connection.segment(full, full, 1ms, 90ms);  // it waited in the queue
  connection.segment(2 * full, full, 1ms, 1ms, Fate::dropped);
  connection.segment(2 * full, full, 150ms, 200ms).retransmission = true;

  EXPECT_THAT(trace::stalls(*connection.built(), Direction::down),
              ElementsAre(Stall{at(90ms), at(200ms)}));
}

TEST(Stalls, ThatOverlapAreOne) {
  ConnectionBuilder connection{Protocol::http2};
  connection.segment(0, full, 0ms, 40ms);
  connection.segment(full, full, 10ms, 11ms, Fate::lost);
  connection.segment(2 * full, full, 20ms, 21ms, Fate::lost);
  connection.segment(full, full, 90ms, 130ms);
  connection.segment(2 * full, full, 100ms, 101ms, Fate::lost);  // and again
  connection.segment(2 * full, full, 300ms, 340ms);
  connection.segment(3 * full, full, 400ms, 401ms, Fate::lost);
  connection.segment(3 * full, full, 500ms, 540ms);

  EXPECT_THAT(trace::stalls(*connection.built(), Direction::down),
              ElementsAre(Stall{at(50ms), at(340ms)}, Stall{at(440ms), at(540ms)}));
}

TEST(Stalls, LastUntilAllBytesAreThereHoweverTheyAreCut) {
  ConnectionBuilder connection{Protocol::http2};
  connection.segment(0, full, 0ms, 40ms);
  connection.segment(full, full, 10ms, 11ms, Fate::lost);
  connection.segment(full, 1000, 90ms, 130ms);
  connection.segment(full + 1000, full - 1000, 91ms, 131ms);

  EXPECT_THAT(trace::stalls(*connection.built(), Direction::down),
              ElementsAre(Stall{at(50ms), at(131ms)}));
}

TEST(Stalls, AreNoneWhereNothingWasMissed) {
  ConnectionBuilder connection{Protocol::http2};
  connection.segment(0, full, 0ms, 40ms);
  connection.segment(0, full, 50ms, 51ms, Fate::lost);     // sent again in vain
  connection.segment(full, full, 60ms, 61ms, Fate::lost);  // and this one never came
  connection.segment(0, 0, 70ms, 71ms, Fate::lost);        // the end carries nothing
  const auto built = connection.built();

  EXPECT_THAT(trace::stalls(*built, Direction::down), IsEmpty());
  EXPECT_THAT(trace::stalls(*built, Direction::up), IsEmpty());
}

}  // namespace
}  // namespace muxlab::test
