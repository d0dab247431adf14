// The corpus of the tap's fuzzer, held to the fuzzer's check in every test run: real talks, and
// whatever the fuzzer once found.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/tap_check.h"

namespace muxlab::test {
namespace {

struct Talk {
  std::string name;
  std::string bytes;
};

std::vector<Talk> corpus() {
  std::vector<Talk> talks;
  for (const auto& entry : std::filesystem::directory_iterator{MUXLAB_TAP_CORPUS}) {
    std::ifstream file{entry.path(), std::ios::binary};
    talks.push_back({entry.path().filename().string(),
                     {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}}});
  }
  std::sort(talks.begin(), talks.end(),
            [](const Talk& left, const Talk& right) { return left.name < right.name; });
  return talks;
}

TEST(TapCorpus, GivesTheSameTraceHoweverItIsCut) {
  const std::vector<Talk> talks = corpus();
  EXPECT_GE(talks.size(), 8U);
  for (Talk talk : talks) {
    for (int pattern = 0; pattern < 16; ++pattern) {
      talk.bytes.at(1) = static_cast<char>(pattern);
      ASSERT_EQ(fault_in_tap(bytes_of(talk.bytes)), "") << talk.name << ", cut " << pattern;
    }
  }
}

TEST(TapCorpus, GivesNoFaultWhereverItBreaksOff) {
  for (const Talk& talk : corpus()) {
    for (std::size_t bytes = 0; bytes < std::min<std::size_t>(talk.bytes.size(), 1500);
         bytes += 7) {
      ASSERT_EQ(fault_in_tap(bytes_of(talk.bytes).first(bytes)), "") << talk.name << ' ' << bytes;
    }
  }
}

// A check that finds nothing could be one that looks at nothing.
TEST(TapCorpus, ReachesEveryKindOfFrame) {
  std::set<trace::FrameType> types;
  std::size_t complete = 0, pushed = 0, gave_up = 0;
  for (const Talk& talk : corpus()) {
    trace::ConnectionTrace trace;
    watch_talk(bytes_of(talk.bytes), trace);
    for (const trace::Frame& frame : trace.frames) types.insert(frame.type);
    for (const trace::Exchange& exchange : trace.exchanges) {
      complete += exchange.complete ? 1 : 0;
      pushed += exchange.pushed ? 1 : 0;
    }
    gave_up += trace.trouble.empty() ? 0 : 1;
  }
  EXPECT_EQ(types.size(), static_cast<std::size_t>(trace::FrameType::chunk) + 1);
  EXPECT_GE(complete, 15U);
  EXPECT_GE(pushed, 1U);
  EXPECT_GE(gave_up, 1U);
}

}  // namespace
}  // namespace muxlab::test
