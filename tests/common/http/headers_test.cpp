#include "common/http/headers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/http/response.h"

namespace muxlab::test {
namespace {

TEST(Headers, KeepTheirOrderAndTheirDoubles) {
  const http::Headers headers{{"accept", "a"}, {"cookie", "x=1"}, {"accept", "b"}};
  std::vector<std::string> seen;
  for (const auto [name, value] : headers)
    seen.push_back(std::string{name} + "=" + std::string{value});

  EXPECT_EQ(seen, (std::vector<std::string>{"accept=a", "cookie=x=1", "accept=b"}));
  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.count("accept"), 2U);
  EXPECT_EQ(headers.find("host"), std::nullopt);
}

TEST(Headers, ReplaceAFieldInItsPlace) {
  http::Headers headers{{"cache-control", "no-cache"}, {"etag", "1"}};
  headers.set("cache-control", "max-age=10");
  headers.set("x-new", "2");

  EXPECT_EQ(headers[0].value, "max-age=10");
  EXPECT_EQ(headers[1].value, "1");
  EXPECT_EQ(headers.find("x-new"), "2");
  EXPECT_EQ(headers.size(), 3U);
}

TEST(Headers, DropTheFirstAndKeepTheRest) {
  http::Headers headers{{":method", "GET"}, {":path", "/"}, {"accept", "a"}, {"host", "b"}};
  headers.drop_first(2);
  headers.add("x-new", "1");

  EXPECT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers[0].name, "accept");
  EXPECT_EQ(headers.find("host"), "b");
  EXPECT_EQ(headers.find("x-new"), "1");
  EXPECT_EQ(headers.find(":path"), std::nullopt);
}

TEST(Headers, HoldFieldsWithoutAValue) {
  const http::Headers headers{{"x-empty", ""}, {"x-next", "1"}};
  EXPECT_EQ(headers.find("x-empty"), "");
  EXPECT_EQ(headers.find("x-next"), "1");
}

TEST(Response, OfATextKnowsItsLengthAndGivesItInPieces) {
  http::Response response = http::text_response(200, "text/plain", "good morning");
  EXPECT_EQ(response.content_length, 12U);
  std::array<std::uint8_t, 7> room;
  const http::ReadOutcome first = response.body->read(room);
  EXPECT_EQ(first.kind, http::ReadOutcome::Kind::some);
  EXPECT_EQ(text_of(Bytes{room}.first(first.bytes)), "good mo");
  const http::ReadOutcome second = response.body->read(room);
  EXPECT_EQ(second.kind, http::ReadOutcome::Kind::end);
  EXPECT_EQ(text_of(Bytes{room}.first(second.bytes)), "rning");
}

}  // namespace
}  // namespace muxlab::test
