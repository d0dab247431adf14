#include "common/http/date.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(Date, IsWrittenAsTheStandardsExample) {
  EXPECT_EQ(http::imf_fixdate(sys_seconds{seconds{784111777}}), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Date, KnowsLeapDaysAndTheEndOfTheYear) {
  EXPECT_EQ(http::imf_fixdate(sys_seconds{seconds{951782400}}), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(http::imf_fixdate(sys_seconds{seconds{1798761599}}), "Thu, 31 Dec 2026 23:59:59 GMT");
}

TEST(Date, FollowsTheClock) {
  http::DateStamp stamp{sys_seconds{seconds{0}}};
  EXPECT_EQ(stamp.text(), "Thu, 01 Jan 1970 00:00:00 GMT");
  stamp.set(sys_seconds{seconds{1}});
  EXPECT_EQ(stamp.text(), "Thu, 01 Jan 1970 00:00:01 GMT");
}

}  // namespace
}  // namespace muxlab::test
