#include "common/base/printable.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

TEST(Printable, LeavesWhatATerminalShowsAndSpellsOutTheRest) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", ""},
      {"/srv/my site/100%.txt", "/srv/my site/100%.txt"},
      {"/j\xc3\xb6rg/\xe2\x82\xac/\xf0\x9f\x98\x80", "/j\xc3\xb6rg/\xe2\x82\xac/\xf0\x9f\x98\x80"},
      {"a\nb\x1b[2J\x7f", "a\\x0ab\\x1b[2J\\x7f"},
      {"\xc2\x9b"
       "2J",
       "\\xc2\\x9b2J"},  // CSI in one character
      {"\x9b\xff\xc3", "\\x9b\\xff\\xc3"},
      {"\xe2\x82"
       "a",
       "\\xe2\\x82a"},
      {std::string("a\0b", 3), "a\\x00b"},
  };
  for (const auto& [text, shown] : table) EXPECT_EQ(printable(text), shown);
}

}  // namespace
}  // namespace muxlab::test
