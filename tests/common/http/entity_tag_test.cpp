#include "common/http/entity_tag.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muxlab::test {
namespace {

std::vector<std::string> tags_in(const http::Headers& headers) {
  std::vector<std::string> texts;
  const auto list = http::parse_entity_tags(headers, "if-match");
  if (!list) return {"malformed"};
  if (list->any) return {"any"};
  for (const http::EntityTag& tag : list->tags) texts.push_back(http::entity_tag_text(tag));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(EntityTag, IsReadAsTheStandardWritesIt) {  // RFC 9110 section 8.8.3
  for (const std::string text : {R"("xyzzy")", R"(W/"xyzzy")", R"("")"}) {
    const auto tag = http::parse_entity_tag(text);
    ASSERT_TRUE(tag) << text;
    EXPECT_EQ(http::entity_tag_text(*tag), text);
    EXPECT_EQ(tag->weak, text.front() == 'W');
  }
}

TEST(EntityTag, MayHoldCommasAndBytesAboveAscii) {
  EXPECT_EQ(http::parse_entity_tag("\"a,b\xc3\xa9!\"")->opaque, "a,b\xc3\xa9!");
}

TEST(EntityTag, IsNothingElse) {
  for (const std::string text : {"", "xyzzy", "\"", "\"open", "W/xyzzy", "w/\"xyzzy\"", "W/",
                                 "W /\"x\"", "\"a b\"", "\"a\"b\"", " \"a\"", "\"a\" ", "*"}) {
    EXPECT_FALSE(http::parse_entity_tag(text)) << text;
  }
  EXPECT_FALSE(http::parse_entity_tag(std::string{"\"a\0b\"", 5}));
  EXPECT_FALSE(http::parse_entity_tag("\"a\x7f\""));
}

TEST(EntityTag, IsComparedAsInTheStandardsTable) {  // RFC 9110 section 8.8.3.2
  struct Row {
    const char* left;
    const char* right;
    bool strongly;
    bool weakly;
  };
  for (const Row& row :
       {Row{R"(W/"1")", R"(W/"1")", false, true}, Row{R"(W/"1")", R"(W/"2")", false, false},
        Row{R"(W/"1")", R"("1")", false, true}, Row{R"("1")", R"("1")", true, true}}) {
    const http::EntityTag left = *http::parse_entity_tag(row.left);
    const http::EntityTag right = *http::parse_entity_tag(row.right);
    EXPECT_EQ(http::matches_strongly(left, right), row.strongly) << row.left << row.right;
    EXPECT_EQ(http::matches_strongly(right, left), row.strongly) << row.left << row.right;
    EXPECT_EQ(http::matches_weakly(left, right), row.weakly) << row.left << row.right;
    EXPECT_EQ(http::matches_weakly(right, left), row.weakly) << row.left << row.right;
  }
}

TEST(EntityTagList, IsReadAsTheStandardWritesIt) {  // RFC 9110 sections 13.1.1 and 13.1.2
  EXPECT_EQ(tags_in({{"if-match", R"("xyzzy")"}}), (Texts{R"("xyzzy")"}));
  EXPECT_EQ(tags_in({{"if-match", R"("xyzzy", "r2d2xxxx", "c3piozzzz")"}}),
            (Texts{R"("xyzzy")", R"("r2d2xxxx")", R"("c3piozzzz")"}));
  EXPECT_EQ(tags_in({{"if-match", R"(W/"xyzzy", W/"r2d2xxxx", W/"c3piozzzz")"}}),
            (Texts{R"(W/"xyzzy")", R"(W/"r2d2xxxx")", R"(W/"c3piozzzz")"}));
  EXPECT_EQ(tags_in({{"if-match", "*"}}), (Texts{"any"}));
}

TEST(EntityTagList, GoesOnOverSeveralFieldsAndEmptyMembers) {
  EXPECT_EQ(tags_in({{"if-match", "\t,, \"a\" ,\"b,c\","}, {"x", "\"n\""}, {"if-match", "\"d\""}}),
            (Texts{R"("a")", R"("b,c")", R"("d")"}));
}

TEST(EntityTagList, IsMalformedAsAWhole) {
  for (const char* text : {"", " , ", "xyzzy", R"("a" "b")", R"("a""b")", R"("a", b)", R"("a", *)",
                           R"(*, "a")", R"("a", W/)", R"("a", ")"}) {
    EXPECT_EQ(tags_in({{"if-match", text}}), (Texts{"malformed"})) << text;
  }
  EXPECT_EQ(tags_in({{"if-match", "*"}, {"if-match", "*"}}), (Texts{"malformed"}));
}

TEST(EntityTagList, HoldsAtMostItsLimitOverAllFields) {
  http::Headers headers;
  for (std::size_t i = 0; i < http::max_entity_tags; ++i) headers.add("if-match", "\"a\"");
  EXPECT_EQ(tags_in(headers).size(), http::max_entity_tags);
  headers.add("if-match", "\"a\"");
  EXPECT_EQ(tags_in(headers), (Texts{"malformed"}));
}

}  // namespace
}  // namespace muxlab::test
