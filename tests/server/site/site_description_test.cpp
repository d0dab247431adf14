// site.json: what it says, and that each mistake is named by file, key and cure.
#include "server/site/site_description.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using server::site::SiteDescription;
using server::site::under_prefix;
using Strings = std::vector<std::string>;

constexpr std::string_view article = R"({"paths": {"/article/": {
  "push": ["style.css", "/look.css"],
  "early_hints": ["</article/style.css>; rel=preload; as=style", "<font.woff2>; rel=preload"],
  "headers": {"x-demo": "1"}}}})";

SiteDescription parsed(std::string_view text) {
  return std::move(SiteDescription::parse("site.json", text).value());
}

TEST(SiteDescription, SaysWhatBelongsToAPath) {
  const SiteDescription description = parsed(article);
  const SiteDescription::Path* said = description.find("/article/");
  ASSERT_NE(said, nullptr);
  EXPECT_EQ(said->companions->push, (Strings{"/article/style.css", "/look.css"}));
  EXPECT_EQ(said->companions->early_hints.front(), "</article/style.css>; rel=preload; as=style");
  EXPECT_EQ(said->headers.find("x-demo"), "1");
  EXPECT_EQ(description.find("/article"), nullptr);
}

TEST(SiteDescription, MayBeEmpty) {
  EXPECT_EQ(parsed("{}").find("/"), nullptr);
  EXPECT_EQ(parsed(R"({"paths": {"/": {}}})").find("/")->companions, nullptr);
}

TEST(SiteDescription, StandsUnderTheRunOfThePage) {
  const auto companions = parsed(article).find("/article/")->companions;
  const auto prefixed = under_prefix(companions, "/r/k3");
  EXPECT_EQ(prefixed->push, (Strings{"/r/k3/article/style.css", "/r/k3/look.css"}));
  EXPECT_EQ(prefixed->early_hints, (Strings{"</r/k3/article/style.css>; rel=preload; as=style",
                                            "<font.woff2>; rel=preload"}));
  EXPECT_EQ(under_prefix(companions, ""), companions);
  EXPECT_EQ(under_prefix(nullptr, "/r/k3"), nullptr);
}

TEST(SiteDescription, NamesTheFileTheKeyAndTheCureOfAMistake) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"{\n\"paths\": {,}}", "site.json: is no JSON: line 2, column 11: syntax error"},
      {"", "site.json: is no JSON: line 1, column 1: syntax error"},
      {"[]", "site.json: the whole must be an object with paths"},
      {R"({"path": {}})", "site.json: \"path\" is unknown here: there is only paths"},
      {R"({"paths": []})", "site.json: paths must be an object, one key a path"},
      {R"({"paths": {"a/": {}}})", R"(site.json: paths["a/"] must begin with a slash)"},
      {R"({"paths": {"/": 1}})", R"(paths["/"] must be an object with push, early_hints or)"},
      {R"({"paths": {"/": {"pushes": []}}})", R"(paths["/"]["pushes"] is unknown here: there are)"},
      {R"({"paths": {"/": {"push": "a"}}})", R"(paths["/"].push must be a list of at most 100)"},
      {R"({"paths": {"/": {"push": ["a", 1]}}})", R"(paths["/"].push[1] must be a path of this)"},
      {R"({"paths": {"/": {"push": ["//evil"]}}})", R"(paths["/"].push[0] must be a path)"},
      {R"({"paths": {"/": {"push": ["https://evil/"]}}})", R"(paths["/"].push[0] must be)"},
      {R"({"paths": {"/": {"push": ["a b"]}}})", R"(paths["/"].push[0] must be a path)"},
      {R"({"paths": {"/": {"early_hints": ["a"]}}})", R"(.early_hints[0] must be a Link value)"},
      {R"({"paths": {"/": {"early_hints": ["<a>\r\nx: y"]}}})", "must be a Link value"},
      {R"({"paths": {"/": {"headers": []}}})", R"(paths["/"].headers must be an object of at)"},
      {R"({"paths": {"/": {"headers": {"X": "1"}}}})", R"(headers["X"] must be a field name in)"},
      {R"({"paths": {"/": {"headers": {"x": 1}}}})", R"(headers["x"] must be a string of)"},
      {R"({"paths": {"/": {"headers": {"x": "a\nb"}}}})", R"(headers["x"] must be a string of)"},
      {R"({"paths": {}, "paths": {}})", R"(site.json: has the name "paths" twice in one object)"},
      {R"({"paths": {"/": {"push": )" + std::string(100, '['), "is nested deeper than 64"},
      {R"({"paths": {"/": {"push": [1e999]}}})", "has a number that is too large"},
      {"{\"paths\": {\"/\xff\": {}}}", "is no JSON: line 1"},
      {R"({"paths": {"\u001b[2J": {}}})", R"(paths["\u001b[2J"] must begin with a slash)"},
      {R"({"paths": {"/": null}})", R"(paths["/"] must be an object)"},
      {R"({"paths": {"/": {"push": {}}}})", R"(paths["/"].push must be a list)"},
      {R"({"paths": {"/": {"early_hints": 1e3}}})", ".early_hints must be a list"},
      {R"({"paths": {"/": {"headers": {"etag": "1"}}}})", "is set by the server itself"},
  };
  for (const auto& [text, sentence] : table) {
    const auto description = SiteDescription::parse("site.json", text);
    ASSERT_FALSE(description.ok()) << text;
    EXPECT_NE(description.failure().message.find(sentence), std::string::npos)
        << description.failure().message;
  }
}

}  // namespace
}  // namespace muxlab::test
