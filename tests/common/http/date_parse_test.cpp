#include "common/http/date_parse.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "common/http/date.h"

namespace muxlab::test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

constexpr sys_seconds in_2026 = sys_days{2026y / 11 / 20} + 10h;

std::optional<sys_seconds> parse(std::string_view text) {
  return http::parse_http_date(text, in_2026);
}

TEST(DateParse, ReadsTheStandardsThreeExamples) {
  const sys_seconds example{seconds{784111777}};
  EXPECT_EQ(parse("Sun, 06 Nov 1994 08:49:37 GMT"), example);
  EXPECT_EQ(parse("Sunday, 06-Nov-94 08:49:37 GMT"), example);
  EXPECT_EQ(parse("Sun Nov  6 08:49:37 1994"), example);
}

TEST(DateParse, ReadsWhatWeWrite) {
  constexpr auto step = seconds{86400 * 97 + 3601};  // each month, weekday and hour in turn
  for (sys_seconds time{seconds{0}}; time < sys_days{2100y / 1 / 1}; time += step) {
    EXPECT_EQ(parse(http::imf_fixdate(time)), time);
  }
}

TEST(DateParse, KnowsTheEdgesOfDaysAndYears) {
  EXPECT_EQ(parse("Tue, 29 Feb 2000 00:00:00 GMT"), sys_seconds{seconds{951782400}});
  EXPECT_EQ(parse("Thu, 31 Dec 2026 23:59:59 GMT"), sys_seconds{seconds{1798761599}});
  EXPECT_EQ(parse("Wed Nov 16 08:49:37 1994"), sys_seconds{seconds{784975777}});
  EXPECT_EQ(parse("Sat, 31 Dec 2016 23:59:60 GMT"), sys_days{2017y / 1 / 1});  // a leap second
  EXPECT_TRUE(parse("Fri, 31 Dec 9999 23:59:59 GMT"));
}

TEST(DateParse, PutsTwoDigitsAtMostFiftyYearsAhead) {  // RFC 9110 section 5.6.7
  EXPECT_EQ(parse("Thursday, 01-Jan-26 00:00:00 GMT"), sys_days{2026y / 1 / 1});
  EXPECT_EQ(parse("Wednesday, 01-Jan-76 00:00:00 GMT"), sys_days{2076y / 1 / 1});
  EXPECT_EQ(parse("Friday, 20-Nov-76 10:00:00 GMT"), sys_days{2076y / 11 / 20} + 10h);
  EXPECT_EQ(parse("Saturday, 20-Nov-76 10:00:01 GMT"), sys_days{1976y / 11 / 20} + 10h + 1s);
  EXPECT_EQ(parse("Saturday, 01-Jan-77 00:00:00 GMT"), sys_days{1977y / 1 / 1});
  EXPECT_EQ(parse("Tuesday, 29-Feb-00 00:00:00 GMT"), sys_days{2000y / 2 / 29});
}

TEST(DateParse, TakesNothingElse) {
  for (const std::string_view text : {
           "",
           "yesterday",
           "0",
           "784111777",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 gmt",
           "Sun, 06 Nov 1994 08:49:37 +0000",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun,06 Nov 1994 08:49:37 GMT",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 nov 1994 08:49:37 GMT",
           "SUN, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06-Nov-1994 08:49:37 GMT",
           "Sunday, 06 Nov 1994 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov 06 08:49:37 1994 GMT",
           "Sun Nov  16 08:49:37 1994",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sun, 06 Nov 1994 08:49 GMT",
           "Sun, -6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 19940 08:49:37 GMT",
       }) {
    EXPECT_EQ(parse(text), std::nullopt) << text;
  }
}

TEST(DateParse, TakesNoTimeThatNeverWas) {
  for (const std::string_view text : {
           "Mon, 06 Nov 1994 08:49:37 GMT",  // it was a Sunday
           "Monday, 06-Nov-94 08:49:37 GMT",
           "Mon Nov  6 08:49:37 1994",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 31 Nov 1994 08:49:37 GMT",
           "Mon, 29 Feb 2100 00:00:00 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:00 GMT",
           "Sun, 06 Nov 1994 08:49:60 GMT",
           "Sun, 06 Nov 1994 23:59:61 GMT",
       }) {
    EXPECT_EQ(parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace muxlab::test
