// What a path names: every way to write one that must not lead anywhere, and the run prefix.
#include "server/site/site_path.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using namespace server::site;

std::optional<std::string> decoded(std::string_view path) {
  std::string room;
  const Result<std::string_view> name = decode_path(path, room);
  if (!name.ok()) return std::nullopt;
  return std::string{name.value()};
}

TEST(SitePath, StandsForItsDecodedName) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"/", "/"},
      {"/a/b.css", "/a/b.css"},
      {"/a%20b", "/a b"},
      {"/%61%62", "/ab"},
      {"/%C3%A4.txt", "/\xc3\xa4.txt"},
      {"/%c3%a4.txt", "/\xc3\xa4.txt"},
      {"/100%25", "/100%"},
      {"/%252e%252e/", "/%2e%2e/"},  // decoded once, never twice
      {"/a%5Cb", "/a\\b"},
      {"/..a/b../.c", "/..a/b../.c"},
      {"/...", "/..."},
      {"//", "//"},
      {"/%c0%ae%c0%ae/", "/\xc0\xae\xc0\xae/"},  // overlong dots are no dots
  };
  for (const auto& [path, name] : table) EXPECT_EQ(decoded(path), name) << path;
}

TEST(SitePath, LeadsNowhereHoweverItIsWritten) {
  for (const std::string path : {"/..",
                                 "/../etc/passwd",
                                 "/a/../b",
                                 "/a/..",
                                 "/.",
                                 "/./a",
                                 "/a/.",
                                 "/%2e%2e/a",
                                 "/%2E./a",
                                 "/.%2e/a",
                                 "/a/%2e%2e",
                                 "/%2e",
                                 "/%2e/",
                                 "/..%2fa",
                                 "/a%2Fb",
                                 "/a%2f",
                                 "/%2f",
                                 "/%00",
                                 "/a%00.css",
                                 "/%",
                                 "/%2",
                                 "/a%",
                                 "/%zz",
                                 "/%2g",
                                 "/% 0",
                                 "/%-1",
                                 "/%%",
                                 "/%u002e",
                                 "/%2e%2e%2f%2e%2e%2fetc/passwd"}) {
    EXPECT_EQ(decoded(path), std::nullopt) << path;
  }
}

TEST(SitePath, IsNotCopiedWhenThereIsNothingToDecode) {
  const std::string path = "/mosaic/style.css";
  std::string room;
  EXPECT_EQ(decode_path(path, room).value().data(), path.data());
}

TEST(RunPrefix, IsTakenOff) {
  for (const std::string id : {"k", "k3", "0123456789abcdef"}) {
    const std::string prefix = "/r/" + id;
    const std::string path = prefix + "/mosaic/tile/0.png";
    EXPECT_EQ(split_run_prefix(path).prefix, prefix);
    EXPECT_EQ(split_run_prefix(path).path, "/mosaic/tile/0.png");
    EXPECT_EQ(split_run_prefix(prefix).prefix, prefix);
    EXPECT_EQ(split_run_prefix(prefix).path, "");
  }
}

TEST(RunPrefix, IsOnlyThatOfARun) {
  for (const std::string path : {"/", "/r", "/r/", "/r//a", "/r/K3/a", "/r/0123456789abcdefg/a",
                                 "/r/a.b/c", "/r/%61/c", "/run/k3/a", "/mosaic/r/k3/"}) {
    EXPECT_EQ(split_run_prefix(path).prefix, "") << path;
    EXPECT_EQ(split_run_prefix(path).path, path);
  }
}

}  // namespace
}  // namespace muxlab::test
