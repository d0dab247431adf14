#include "server/lab/json_request.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace muxlab::test {
namespace {

using server::lab::parse_json;

std::string fault_of(const std::string& text) {
  const auto read = parse_json(text);
  return read.ok() ? "none" : read.failure().message;
}

TEST(JsonRequest, NestsSoDeepAndNoDeeper) {
  const std::size_t deepest = server::lab::max_json_depth;

  EXPECT_EQ(fault_of(std::string(deepest, '[') + std::string(deepest, ']')), "none");
  EXPECT_EQ(fault_of(std::string(deepest + 1, '[') + std::string(deepest + 1, ']')),
            "The content is nested deeper than 8.");
  EXPECT_NE(fault_of(std::string(server::lab::max_json_bytes, '[')), "none");
}

TEST(JsonRequest, NamesWhatStandsTwice) {
  EXPECT_EQ(fault_of(R"({"a": {"b": 1}, "c": {"b": 2}})"), "none");
  EXPECT_EQ(fault_of(R"({"a": 1, "a": 1})"), "The content has the name \"a\" twice in one object.");
}

TEST(JsonRequest, SurvivesANumberThatNothingHolds) {
  EXPECT_EQ(fault_of("1e400"), "The content has a number that is too large.");
}

TEST(JsonRequest, IsStrict) {
  for (const char* text : {"", "{", "1 2", "// no\n1", "[1,]", "'a'", "\"\xff\""}) {
    EXPECT_EQ(fault_of(text).find("The content is no JSON: "), 0U) << text;
  }
}

}  // namespace
}  // namespace muxlab::test
