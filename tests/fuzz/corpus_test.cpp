// The fuzzer's corpus, held to the fuzzer's check in every test run: the requests written by hand,
// and whatever the fuzzer once found.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/message_reader.h"
#include "tests/fuzz/request_check.h"

namespace muxlab::test {
namespace {

struct Seed {
  std::string name;
  std::string text;
};

std::vector<Seed> corpus() {
  std::vector<Seed> seeds;
  for (const auto& entry : std::filesystem::directory_iterator{MUXLAB_CORPUS}) {
    std::ifstream file{entry.path(), std::ios::binary};
    seeds.push_back({entry.path().filename().string(),
                     {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}}});
  }
  std::sort(seeds.begin(), seeds.end(),
            [](const Seed& left, const Seed& right) { return left.name < right.name; });
  return seeds;
}

TEST(FuzzCorpus, IsReadAsLlhttpReadsItHoweverItIsCut) {
  const std::vector<Seed> seeds = corpus();
  EXPECT_GE(seeds.size(), 10u);
  for (const Seed& seed : seeds) {
    for (std::size_t cut = 0; cut <= seed.text.size(); ++cut) {
      ASSERT_EQ(fault_in_reading(bytes_of(seed.text), cut), "") << seed.name;
    }
  }
}

// A check that finds nothing could be one that looks at nothing.
TEST(FuzzCorpus, ReachesTheEndOfMessagesOfEveryKind) {
  std::size_t messages = 0, with_content = 0, with_trailers = 0, refused = 0;
  for (const Seed& seed : corpus()) {
    MessageReader reader;
    reader.feed(bytes_of(seed.text));
    refused += reader.end() == MessageReader::End::refused ? 1 : 0;
    for (const ReadMessage& message : reader.messages()) {
      ++messages;
      with_content += message.content.empty() ? 0 : 1;
      with_trailers += message.trailers.empty() ? 0 : 1;
    }
  }
  EXPECT_GE(messages, 10u);
  EXPECT_GE(with_content, 3u);
  EXPECT_GE(with_trailers, 1u);
  EXPECT_GE(refused, 3u);
}

}  // namespace
}  // namespace muxlab::test
