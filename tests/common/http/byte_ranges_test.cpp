#include "common/http/byte_ranges.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace muxlab::test {
namespace {

using http::RangeSelection;

constexpr auto whole = RangeSelection::Kind::whole;
constexpr auto one = RangeSelection::Kind::one;
constexpr auto several = RangeSelection::Kind::several;
constexpr auto unsatisfiable = RangeSelection::Kind::unsatisfiable;

struct Row {
  const char* asked;
  RangeSelection::Kind kind;
  std::vector<http::ByteRange> ranges;
};

void expect_rows(std::uint64_t content_bytes, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const RangeSelection selection = http::select_ranges(row.asked, content_bytes);
    EXPECT_EQ(selection.kind, row.kind) << row.asked;
    EXPECT_EQ(selection.ranges, row.ranges) << row.asked;
  }
}

TEST(ByteRanges, AreReadAsInTheStandardsExamples) {  // RFC 9110 section 14.1.2
  expect_rows(
      10000,
      {
          {"bytes=0-499", one, {{0, 499}}},
          {"bytes=500-999", one, {{500, 999}}},
          {"bytes=-500", one, {{9500, 9999}}},
          {"bytes=9500-", one, {{9500, 9999}}},
          {"bytes=0-0,-1", several, {{0, 0}, {9999, 9999}}},
          {"bytes= 0-999, 4500-5499, -1000", several, {{0, 999}, {4500, 5499}, {9000, 9999}}},
          {"bytes=500-600,601-999", one, {{500, 999}}},
          {"bytes=500-700,601-999", one, {{500, 999}}},
      });
}

TEST(ByteRanges, EndWhereTheContentEnds) {
  expect_rows(10, {
                      {"bytes=0-", one, {{0, 9}}},
                      {"bytes=5-9", one, {{5, 9}}},
                      {"bytes=5-10", one, {{5, 9}}},
                      {"bytes=9-9", one, {{9, 9}}},
                      {"bytes=-10", one, {{0, 9}}},
                      {"bytes=-11", one, {{0, 9}}},
                      {"bytes=10-", unsatisfiable, {}},
                      {"bytes=10-20", unsatisfiable, {}},
                      {"bytes=-0", unsatisfiable, {}},
                      {"bytes=10-20, -0", unsatisfiable, {}},
                      {"bytes=10-20, 3-4, -0", one, {{3, 4}}},
                  });
}

TEST(ByteRanges, OfNothingAreUnsatisfiableButForItsEnd) {
  expect_rows(0, {{"bytes=0-", unsatisfiable, {}},
                  {"bytes=0-0", unsatisfiable, {}},
                  {"bytes=-0", unsatisfiable, {}},
                  {"bytes=-1", whole, {}},
                  {"bytes=0-0,-1", whole, {}}});
}

TEST(ByteRanges, MergeWhereTheyTouchInThePlaceOfTheFirst) {
  expect_rows(100, {
                       {"bytes=50-59,0-9", several, {{50, 59}, {0, 9}}},
                       {"bytes=0-9,11-19", several, {{0, 9}, {11, 19}}},
                       {"bytes=10-19,0-9", one, {{0, 19}}},
                       {"bytes=80-89,0-9,70-79,5-14", several, {{70, 89}, {0, 14}}},
                       {"bytes=0-99,10-19,30-", one, {{0, 99}}},
                       {"bytes=5-5,5-5,5-5", one, {{5, 5}}},
                       {"bytes=90-,-20,0-0", several, {{80, 99}, {0, 0}}},
                   });
}

TEST(ByteRanges, IgnoreOtherUnitsAndWhatIsMalformed) {
  for (const char* asked : {"",
                            "bytes",
                            "bytes=",
                            "bytes=,",
                            "bytes= ,, ",
                            "=0-1",
                            "0-1",
                            "lines=0-1",
                            "byte=0-1",
                            "bytes =0-1",
                            "bytes:0-1",
                            "bytes=-",
                            "bytes=--1",
                            "bytes=1",
                            "bytes=1-2-3",
                            "bytes=a-b",
                            "bytes=0x1-2",
                            "bytes=+1-2",
                            "bytes=1 - 2",
                            "bytes=1- 2",
                            "bytes=2-1",
                            "bytes=0-1;2-3",
                            "bytes=0-1 2-3",
                            "bytes=0-1,x",
                            "bytes=0-1,5-4",
                            "bytes=0-1,bytes=2-3",
                            "bytes=0-1.5"}) {
    expect_rows(100, {{asked, whole, {}}});
  }
}

TEST(ByteRanges, TakeAnyCaseOfTheUnitAndEmptyMembers) {
  expect_rows(
      100, {{"Bytes=0-1", one, {{0, 1}}}, {" BYTES=,0-1 ,\t, 4-5,, ", several, {{0, 1}, {4, 5}}}});
}

TEST(ByteRanges, AreAtMostSixteenOrTheWholeIsSent) {
  std::string asked = "bytes=0-0";
  for (std::size_t i = 1; i < http::max_byte_ranges; ++i)
    asked += "," + std::to_string(i * 2) + "-" + std::to_string(i * 2);
  EXPECT_EQ(http::select_ranges(asked, 100).ranges.size(), http::max_byte_ranges);
  asked += ",90-90";
  EXPECT_EQ(http::select_ranges(asked, 100).kind, whole);
}

TEST(ByteRanges, DoNotOverflow) {
  expect_rows(100, {
                       {"bytes=18446744073709551615-", unsatisfiable, {}},
                       {"bytes=18446744073709551616-", unsatisfiable, {}},
                       {"bytes=99-18446744073709551616", one, {{99, 99}}},
                       {"bytes=99-99999999999999999999999999999999", one, {{99, 99}}},
                       {"bytes=-99999999999999999999999999999999", one, {{0, 99}}},
                       {"bytes=0000000000000000000000000000000000005-6", one, {{5, 6}}},
                   });
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  expect_rows(largest, {
                           {"bytes=0-", one, {{0, largest - 1}}},
                           {"bytes=-1", one, {{largest - 1, largest - 1}}},
                           {"bytes=18446744073709551614-", one, {{largest - 1, largest - 1}}},
                           {"bytes=18446744073709551615-", unsatisfiable, {}},
                           {"bytes=0-18446744073709551613,-1", one, {{0, largest - 1}}},
                       });
}

TEST(ContentRange, IsWrittenAsInTheStandardsExamples) {  // RFC 9110 section 14.4
  EXPECT_EQ(http::content_range({42, 1233}, 1234), "bytes 42-1233/1234");
  EXPECT_EQ(http::content_range({734, 1233}, 1234), "bytes 734-1233/1234");
  EXPECT_EQ(http::unsatisfied_content_range(1234), "bytes */1234");
}

}  // namespace
}  // namespace muxlab::test
