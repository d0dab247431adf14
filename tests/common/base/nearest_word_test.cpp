#include "common/base/nearest_word.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

TEST(NearestWord, FindsSlipsAndLeavesStrangers) {
  const std::vector<std::string> known{"max_streams", "hpack_table", "site"};

  EXPECT_EQ(nearest_word("max_stream", known), "max_streams");
  EXPECT_EQ(nearest_word("hpakc_table", known), "hpack_table");
  EXPECT_EQ(nearest_word("colour", known), std::nullopt);
}

}  // namespace
}  // namespace muxlab::test
