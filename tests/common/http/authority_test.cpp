#include "common/http/authority.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace muxlab::http {
namespace {

bool same(std::string_view one, std::string_view other, bool secure = true) {
  const auto first = parse_authority(one);
  const auto second = parse_authority(other);
  EXPECT_TRUE(first) << one;
  EXPECT_TRUE(second) << other;
  const bool forth = are_same(*first, *second, default_port(secure));
  EXPECT_EQ(forth, are_same(*second, *first, default_port(secure))) << one << " " << other;
  return forth;
}

TEST(Authority, IsAHostAndPerhapsAPort) {
  const auto name = parse_authority("localhost:8443");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->host, "localhost");
  EXPECT_EQ(name->port, 8443);
  EXPECT_EQ(parse_authority("localhost")->port, std::nullopt);
  EXPECT_EQ(parse_authority("localhost:")->port, std::nullopt);
  EXPECT_EQ(parse_authority("h:0080")->port, 80);

  const auto address = parse_authority("[::1]:8443");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "[::1]");
  EXPECT_EQ(address->host_without_brackets(), "::1");
  EXPECT_EQ(address->port, 8443);
  EXPECT_TRUE(parse_authority("[::ffff:192.0.2.1]"));
  EXPECT_TRUE(parse_authority("192.0.2.1:80"));
  EXPECT_TRUE(parse_authority("a%20b"));
}

TEST(Authority, IsNothingElse) {
  for (const std::string_view text :
       {"",           ":80",
        "user@host",  "user:pw@host",
        "a b",        "a/b",
        "a?b",        "a#b",
        "a\\b",       "a:b",
        "a:65536",    "a:-1",
        "a:+1",       "a: 1",
        "a:1:2",      "::1",
        "[",          "]",
        "[]",         "[::1",
        "[::1]x",     "[::1]80",
        "[::g]",      "[:::]",
        "[1.2.3.4]",  "[v1.a]",
        "[::1%25lo]", "[fe80::1%lo]",
        "a%",         "a%2",
        "a%2g",       "\"a\"",
        "<a>",        "a\r\nb",
        "\x80",       "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]"}) {
    EXPECT_FALSE(parse_authority(text)) << text;
  }
  EXPECT_FALSE(parse_authority(std::string_view{"a\0b", 3}));
  EXPECT_FALSE(parse_authority(std::string_view{"[::1\0]", 6}));
}

// RFC 3986 sections 6.2.2 and 6.2.3.
TEST(Authority, IsTheSameHoweverItIsWritten) {
  EXPECT_TRUE(same("LocalHost:8443", "localhost:8443"));
  EXPECT_TRUE(same("localhost", "localhost:443"));
  EXPECT_TRUE(same("localhost:", "localhost:443"));
  EXPECT_TRUE(same("localhost", "localhost:80", false));
  EXPECT_TRUE(same("%6cocalhost", "LOCALHOST"));
  EXPECT_TRUE(same("a%2fb", "a%2Fb"));
  EXPECT_TRUE(same("[::1]", "[0:0:0:0:0:0:0:1]:443"));
  EXPECT_TRUE(same("[2001:DB8::A]", "[2001:db8:0::000a]"));
}

TEST(Authority, IsAnotherOneOtherwise) {
  EXPECT_FALSE(same("localhost", "localhost:80"));
  EXPECT_FALSE(same("localhost", "localhost:443", false));
  EXPECT_FALSE(same("localhost", "localhost."));
  EXPECT_FALSE(same("localhost", "localhos"));
  EXPECT_FALSE(same("a%2fb", "a%2eb"));
  EXPECT_FALSE(same("a%2cb", "a,b")) << "a delimiter's encoding may mean something";
  EXPECT_FALSE(same("[::1]", "[::2]"));
  EXPECT_FALSE(same("[::ffff:192.0.2.1]", "192.0.2.1"));
}

TEST(Authority, ReadsAnyBytesAndFindsWhatItAcceptsTheSameAsItself) {
  std::mt19937 random{7};
  constexpr std::string_view letters = "a1.:[]%2fF@-\\ \x80";
  for (int round = 0; round < 200'000; ++round) {
    std::string text(random() % 12, ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    const auto authority = parse_authority(text);
    EXPECT_TRUE(!authority || are_same(*authority, *authority, 443)) << text;
  }
}

}  // namespace
}  // namespace muxlab::http
