// The corpus of the PROXY header's fuzzer, held to the fuzzer's check in every test run: a header
// of each kind, and whatever the fuzzer once found.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "common/net/proxy_header.h"
#include "tests/fuzz/proxy_header_check.h"

namespace muxlab::test {
namespace {

std::set<std::string> corpus() {
  std::set<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator{MUXLAB_PROXY_HEADER_CORPUS}) {
    std::ifstream file{entry.path(), std::ios::binary};
    inputs.insert({std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}});
  }
  return inputs;
}

TEST(ProxyHeaderCorpus, IsReadAlikeHoweverItIsCutAndWhereverItBreaksOff) {
  for (std::string input : corpus()) {
    for (int step = 0; step < 40; ++step) {
      input[0] = static_cast<char>(step);
      ASSERT_EQ(fault_in_proxy_header(bytes_of(input)), "") << input;
    }
    for (std::size_t end = 0; end <= input.size(); ++end) {
      ASSERT_EQ(fault_in_proxy_header(bytes_of(input).first(end)), "") << input << ' ' << end;
    }
  }
}

// Each bit of a right header turned over, and each byte of it taken out: what a fuzzer does first.
TEST(ProxyHeaderCorpus, IsReadAlikeWithAnyOneMistake) {
  for (const std::string& input : corpus()) {
    for (std::size_t bit = 8; bit < std::min<std::size_t>(input.size(), 70) * 8; ++bit) {
      std::string wrong = input;
      wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
      ASSERT_EQ(fault_in_proxy_header(bytes_of(wrong)), "") << input << ' ' << bit;
      if (bit % 8 != 0) continue;
      wrong = input;
      wrong.erase(bit / 8, 1);
      ASSERT_EQ(fault_in_proxy_header(bytes_of(wrong)), "") << input << ' ' << bit;
    }
  }
}

// A check that finds nothing could be one that looks at nothing.
TEST(ProxyHeaderCorpus, ReachesEveryOutcome) {
  std::set<net::ProxyHeaderReader::State> states;
  std::set<std::string_view> faults;
  std::size_t named = 0, local = 0;
  for (const std::string& input : corpus()) {
    net::ProxyHeaderReader reader;
    reader.take(bytes_of(input).subspan(1));
    states.insert(reader.state());
    faults.insert(reader.fault());
    named += reader.header().client ? 1 : 0;
    local += reader.header().local ? 1 : 0;
  }
  EXPECT_EQ(states.size(), 3U);
  EXPECT_EQ(faults.size(), 9U);  // eight, and none
  EXPECT_GE(named, 3U);
  EXPECT_GE(local, 1U);
}

}  // namespace
}  // namespace muxlab::test
