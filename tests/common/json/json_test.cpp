// JSON that others wrote: what is read, what is refused, and that neither takes long.
#include "common/json/json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using json::Json;

std::string fault_of(std::string_view text, json::Comments comments = json::Comments::refused) {
  const auto read = json::parse(text, comments);
  return read.ok() ? "none" : read.failure().message;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Json, ReadsWhatTheLibraryReads) {
  for (const char* text :
       {"null", "true", "-1", "18446744073709551615", "1.5e3", R"("\u00e4 \ud83d\ude00")", "[]",
        "{}", R"({"b": [1, {"c": null}, "x"], "a": {"b": {}}, "": [[], [[]]]})", " \n[1 , 2]\t"}) {
    const auto read = json::parse(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(read.value(), Json::parse(text)) << text;
    EXPECT_EQ(read.value().dump(), Json::parse(text).dump()) << text;
  }
}

TEST(Json, NestsSoDeepAndNoDeeper) {
  EXPECT_EQ(fault_of(nested(json::max_depth)), "none");
  EXPECT_EQ(fault_of(nested(json::max_depth + 1)), "is nested deeper than 64");
  std::string objects;
  for (std::size_t i = 0; i <= json::max_depth; ++i) objects += R"({"a":)";
  EXPECT_EQ(fault_of(objects), "is nested deeper than 64");
}

// The rest is not read: neither its length nor its mistakes count.
TEST(Json, IsRefusedWhereItIsTooDeep) {
  EXPECT_EQ(fault_of(std::string(10'000'000, '[')), "is nested deeper than 64");
  EXPECT_EQ(fault_of(nested(json::max_depth + 1) + "nonsense"), "is nested deeper than 64");
}

TEST(Json, NamesWhatStandsTwiceInOneObject) {
  EXPECT_EQ(fault_of(R"({"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]})"), "none");
  EXPECT_EQ(fault_of(R"({"a": 1, "b": {"a": 1}, "a": 1})"),
            R"(has the name "a" twice in one object)");
  EXPECT_EQ(fault_of(R"({"\u001b[2J": 1, "\u001b[2J": 1})"),
            R"(has the name "\u001b[2J" twice in one object)");
}

TEST(Json, SaysWhereAndWhatItIsNot) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "line 1, column 1: syntax error while parsing value - unexpected end of input"},
      {" ", "line 1, column 2: syntax error while parsing value - unexpected end of input"},
      {"{", "line 1, column 2: syntax error while parsing object key - unexpected end of input"},
      {"{\n\"a\": ,}", "line 2, column 6: syntax error while parsing value - unexpected ','"},
      {"1 2", "line 1, column 3: syntax error while parsing value - unexpected number literal"},
      {"[1,]", "line 1, column 4: syntax error while parsing value - unexpected ']'"},
      {"// no\n1", "line 1, column 1: syntax error while parsing value - invalid literal"},
      {"'a'", "line 1, column 1: syntax error while parsing value - invalid literal"},
      {"NaN", "line 1, column 1: syntax error while parsing value - invalid literal"},
      {"\"\xff\"",
       "line 1, column 2: syntax error while parsing value - invalid string: ill-formed"},
      {"\"\xc0\xae\"", "line 1, column 2: syntax error while parsing value - invalid string"},
      {R"("\ud800")", "syntax error while parsing value - invalid string: surrogate"},
      {std::string("\"\0\"", 3), "invalid string: control character U+0000"},
  };
  for (const auto& [text, sentence] : table) {
    const std::string fault = fault_of(text);
    EXPECT_EQ(fault.find("is no JSON: line "), 0U) << fault;
    EXPECT_NE(fault.find(sentence), std::string::npos) << fault;
  }
}

// A message is for a terminal and for a log line.
TEST(Json, DoesNotRepeatWhatItCouldNotRead) {
  const std::string fault = fault_of("\"" + std::string(1'000'000, 'a') + "\x1b[2J\"");
  EXPECT_LT(fault.size(), 200U);
  EXPECT_EQ(fault.find('\x1b'), std::string::npos);
}

TEST(Json, SurvivesANumberThatNothingHolds) {
  EXPECT_EQ(fault_of("1e400"), "has a number that is too large");
  EXPECT_EQ(fault_of("[-1e999999999]"), "has a number that is too large");
  // A whole number of more than 64 bits is a fraction to whoever asks.
  EXPECT_FALSE(json::parse("99999999999999999999").value().is_number_integer());
}

TEST(Json, IgnoresCommentsWhereTheyMayStand) {
  EXPECT_EQ(fault_of("{ // why\n\"a\": 1}", json::Comments::ignored), "none");
  EXPECT_NE(fault_of("{ // why\n\"a\": 1}"), "none");
}

// With the library's own way of building an object this takes a minute.
TEST(Json, ReadsAHundredThousandNamesInNoTime) {
  std::string text = "{\"\":0";
  for (int i = 0; i < 100'000; ++i) text += ",\"" + std::to_string(i) + "\":0";
  const auto read = json::parse(text + "}");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().size(), 100'001U);
}

TEST(Json, IsShownInAMessageByItsBeginning) {
  EXPECT_EQ(json::shown("\xc3\xa4\n\x1b"), R"("\u00e4\n\u001b")");
  EXPECT_EQ(json::shown("\xff"), R"("\ufffd")");
  EXPECT_EQ(json::shown(std::string(1000, 'a')).size(), 43U);
}

}  // namespace
}  // namespace muxlab::test
