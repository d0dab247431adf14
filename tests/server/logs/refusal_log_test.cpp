#include "server/logs/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muxlab::test {
namespace {

using server::logs::RefusalLog;
using ::testing::ElementsAre;

struct Told {
  std::vector<std::string> lines;
  RefusalLog log{[this](const std::string& line) { lines.push_back(line); }};
};

constexpr Instant start{1h};

TEST(RefusalLog, SaysEachOfAFew) {
  Told told;
  told.log.add("one", start);
  told.log.add("another", start + 1s);
  told.log.advance(start + 1h);

  EXPECT_THAT(told.lines, ElementsAre("one", "another"));
}

TEST(RefusalLog, SaysTwentyInTenSecondsAndHowManyWereLeftOut) {
  Told told;
  for (int i = 0; i < 1000; ++i) told.log.add("again", start);
  EXPECT_EQ(told.lines.size(), 20U);

  told.log.advance(start + 9999ms);
  EXPECT_EQ(told.lines.size(), 20U);
  told.log.advance(start + 10s);
  ASSERT_EQ(told.lines.size(), 21U);
  EXPECT_EQ(told.lines.back(), "and 980 more connections like these");
  told.log.advance(start + 20s);
  EXPECT_EQ(told.lines.size(), 21U);
}

TEST(RefusalLog, BeginsAPeriodWithTheFirstOfIt) {
  Told told;
  told.log.add("long ago", start);
  for (int i = 0; i < 21; ++i) told.log.add("again", start + 25s);
  EXPECT_EQ(told.lines.size(), 21U);
  told.log.advance(start + 34s);
  EXPECT_EQ(told.lines.size(), 21U);
  told.log.advance(start + 35s);
  EXPECT_EQ(told.lines.back(), "and 1 more connections like these");
}

}  // namespace
}  // namespace muxlab::test
