#include "common/http2/field_section.h"

#include <gtest/gtest.h>

#include <string>

namespace muxlab::test {
namespace {

using http2::FieldSection;

// A section that begins as a request's does.
FieldSection request_section() {
  FieldSection section{{}};
  section.begin();
  EXPECT_TRUE(section.add(":method", "GET"));
  EXPECT_TRUE(section.add(":scheme", "https"));
  EXPECT_TRUE(section.add(":authority", "localhost"));
  EXPECT_TRUE(section.add(":path", "/"));
  return section;
}

TEST(FieldSection, JoinsTheCrumbsOfACookie) {
  FieldSection section = request_section();
  ASSERT_TRUE(section.add("cookie", "a=1"));
  ASSERT_TRUE(section.add("accept", "*/*"));
  ASSERT_TRUE(section.add("cookie", "b=2"));
  ASSERT_TRUE(section.add("cookie", "c=3"));
  const http::Headers fields = section.take();

  EXPECT_EQ(fields.count("cookie"), 1U);
  EXPECT_EQ(fields.find("cookie"), "a=1; b=2; c=3");
}

TEST(FieldSection, CountsAllCrumbsAsOneFieldAndOnlyTheBytesThatTheyBecome) {
  FieldSection section = request_section();
  for (std::size_t i = 1; i < http::max_fields; ++i) {
    ASSERT_TRUE(section.add("x-" + std::to_string(i), ""));
  }
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(section.add("cookie", "abc=1234"));  // 10 bytes each
  EXPECT_EQ(section.refused(), nullptr);
  ASSERT_TRUE(section.add("x-last", ""));
  EXPECT_EQ(section.refused(), &http::many_fields);
}

TEST(FieldSection, KeepsACookieThatWasNeverCut) {
  FieldSection section = request_section();
  ASSERT_TRUE(section.add("cookie", "a=1; b=2"));
  EXPECT_EQ(section.take().find("cookie"), "a=1; b=2");
  section.begin();
  ASSERT_TRUE(section.add("cookie", "other=1"));
  EXPECT_EQ(section.take().find("cookie"), "other=1") << "nothing is left of the one before";
}

TEST(FieldSection, KeepsNothingAboveALimitAndGivesUpAtFourTimesIt) {
  FieldSection section = request_section();
  std::size_t taken = 0;
  while (section.add("x-large", std::string(4000, 'v'))) ++taken;

  EXPECT_EQ(section.refused(), &http::long_head);
  EXPECT_EQ(taken, 4 * http::max_head_bytes / (4000 + 7 + 4));
  EXPECT_EQ(section.take().count("x-large"), 8U) << "what fits into 32 KiB";
}

TEST(FieldSection, OfAResponseIsGivenUpAtTheLimit) {
  FieldSection section{{.bytes = 100, .hopeless_factor = 1}};
  section.begin();
  EXPECT_TRUE(section.add(":status", "200"));
  EXPECT_FALSE(section.add("x-large", std::string(100, 'v')));
}

}  // namespace
}  // namespace muxlab::test
