// Objects of any size after any thinking time, and uploads: what comes out is what was asked for,
// and what goes in is counted.
#include "server/site/objects.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/site/upload.h"
#include "tests/support/asking.h"

namespace muxlab::test {
namespace {

using namespace server::site;

Answer object(std::string_view name, std::string_view query) {
  return read(std::move(respond_with_object(name, query).value()));
}

TEST(Objects, AreAsLargeAndAsLateAsAskedFor) {
  EXPECT_EQ(object("a", "").length, 1024u);
  EXPECT_EQ(object("a", "").delay, 0ms);
  EXPECT_EQ(object("a", "bytes=0").length, 0u);
  EXPECT_EQ(object("a", "delay_ms=10000&bytes=7").delay, 10s);
  for (const std::size_t bytes : {0u, 1u, 7u, 8u, 9u, 776u, 777u, 778u, 100'000u}) {
    EXPECT_EQ(object("a", "bytes=" + std::to_string(bytes)).body.size(), bytes);
  }
  http::Response largest = std::move(respond_with_object("a", "bytes=67108864").value());
  EXPECT_EQ(largest.content_length, 67'108'864u);
}

TEST(Objects, HoldTheSameBytesUnderTheSameName) {
  EXPECT_EQ(object("a", "bytes=1000").body, object("a", "bytes=1000&delay_ms=5").body);
  EXPECT_EQ(object("a", "bytes=10").body, object("a", "bytes=1000").body.substr(0, 10));
  EXPECT_NE(object("a", "").body, object("b", "").body);
}

TEST(Objects, AreNeitherKeptNorGuessedAt) {
  const Answer answer = object("a", "");
  EXPECT_EQ(answer.field("content-type"), "application/octet-stream");
  EXPECT_EQ(answer.field("cache-control"), "no-store");
  EXPECT_EQ(answer.field("timing-allow-origin"), "*");
}

TEST(Objects, AreRefusedOutOfRangeNamingTheParameter) {
  for (const std::string query :
       {"bytes=67108865", "bytes=-1", "bytes=", "bytes=1x", "bytes=99999999999999999999999",
        "delay_ms=10001", "delay_ms=a", "bytes=1&bytes=1", "bytes", "size=1&bytes=-1"}) {
    const auto refused = respond_with_object("a", query);
    ASSERT_FALSE(refused.ok()) << query;
    EXPECT_NE(refused.failure().message.find("bytes: a whole number from 0 to 67108864; delay_ms: "
                                             "a whole number from 0 to 10000"),
              std::string::npos)
        << refused.failure().message;
  }
}

TEST(Objects, LeaveOtherParametersToOthers) {
  EXPECT_EQ(object("a", "utm_source=x&bytes=5&&=&size").body.size(), 5u);
}

TEST(Objects, HaveNamesThatNeedNoEscape) {
  EXPECT_TRUE(is_object_name("0"));
  EXPECT_TRUE(is_object_name("a-b.c_d~E9"));
  EXPECT_TRUE(is_object_name(std::string(64, 'x')));
  for (const std::string name : {"", "a/b", "a b", "\xc3\xa4", "a+b"}) {
    EXPECT_FALSE(is_object_name(name)) << name;
  }
  EXPECT_FALSE(is_object_name(std::string(65, 'x')));
}

TEST(ObjectsPage, ListsEachObjectOnce) {
  const ObjectsWish wish = parse_objects_wish("count=1000&bytes=5&delay_ms=6").value();
  const auto json = nlohmann::json::parse(*make_objects_json(wish).content);
  EXPECT_EQ(json["page"], "objects");
  EXPECT_EQ(json["parameters"]["count"]["max"], 1000);
  EXPECT_EQ(json["resources"].size(), 1004u);
  EXPECT_EQ(json["resources"].back()["path"], "999?bytes=5&delay_ms=6");
}

TEST(ObjectsPage, RefusesMoreThanItLists) {
  for (const std::string query : {"count=0", "count=1001", "bytes=67108865", "tiles=16&count=0"}) {
    EXPECT_FALSE(parse_objects_wish(query).ok()) << query;
  }
}

TEST(Upload, IsCountedAndAnsweredWithItsTrailers) {
  http::Upload upload = accept_upload();
  EXPECT_EQ(upload.most_bytes, 64u << 20);
  upload.content(bytes_of("foo"));
  upload.content(bytes_of("bar"));
  const Answer answer = read(upload.ended({{"x-sum", "1"}, {"x-odd", "\xff"}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("content-type"), "application/json");
  const auto json = nlohmann::json::parse(answer.body);
  EXPECT_EQ(json["bytes"], 6);
  EXPECT_EQ(json["fnv1a64"], "85944171f73967e8");  // of "foobar", from the authors' own test suite
  EXPECT_EQ(json["trailers"]["x-sum"], "1");
  EXPECT_EQ(json["trailers"]["x-odd"], "\xef\xbf\xbd");
}

TEST(Upload, CountsEachOneByItself) {
  http::Upload one = accept_upload();
  one.content(bytes_of("abc"));
  EXPECT_EQ(nlohmann::json::parse(read(accept_upload().ended({})).body)["bytes"], 0);
  EXPECT_EQ(nlohmann::json::parse(read(one.ended({})).body)["bytes"], 3);
}

}  // namespace
}  // namespace muxlab::test
