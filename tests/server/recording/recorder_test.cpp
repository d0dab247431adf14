// What the recorder holds, and for how long.
#include "server/recording/recorder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muxlab::test {
namespace {

using server::recording::most_unclaimed_bytes;
using server::recording::Recorder;
using server::recording::SharedTrace;
using server::tap::News;

class RecorderTest : public ::testing::Test {
 protected:
  ConnectionObserver& begin(std::uint64_t id) {
    ConnectionObserver& observer = recorder_.begin(id, "h1");
    ConnectionFacts facts;
    facts.id = id;
    observer.opened(facts, Instant{});
    return observer;
  }

  // A request with so many bytes of content.
  static void upload(ConnectionObserver& observer, std::size_t bytes) {
    const std::string text =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(bytes) +
        "\r\n\r\n" + std::string(bytes, 'x');
    observer.plaintext({.direction = Direction::up,
                        .bytes = bytes_of(text),
                        .sent = Instant{},
                        .received = Instant{},
                        .wire_end = text.size()});
  }

  Recorder recorder_;
};

TEST_F(RecorderTest, TellsItsListenersInTheirOrder) {
  std::vector<std::string> told;
  recorder_.add_listener([&told](const SharedTrace& trace, News news) {
    if (news.what == News::What::request) told.push_back("first " + trace->lane);
  });
  recorder_.add_listener([&told](const SharedTrace& trace, News news) {
    if (news.what == News::What::request) told.push_back("second " + trace->exchanges[0].path);
  });
  upload(begin(1), 1);
  EXPECT_EQ(told, (std::vector<std::string>{"first h1", "second /"}));
}

TEST_F(RecorderTest, LetsGoWhatNobodyHoldsAndMoreThanABeginning) {
  ConnectionObserver& observer = begin(1);
  upload(observer, most_unclaimed_bytes / 2);
  recorder_.advance();
  EXPECT_EQ(recorder_.find(1)->exchanges.size(), 1u);
  upload(observer, most_unclaimed_bytes);
  recorder_.advance();
  ASSERT_TRUE(recorder_.find(1)->beginning);
  EXPECT_LT(recorder_.find(1)->held_bytes, most_unclaimed_bytes);
  EXPECT_EQ(recorder_.find(1)->exchanges.size(), 2u) << "those that are not answered yet";
}

TEST_F(RecorderTest, KeepsWhatARunHolds) {
  ConnectionObserver& observer = begin(1);
  const SharedTrace held = recorder_.find(1);
  upload(observer, 2 * most_unclaimed_bytes);
  recorder_.advance();
  EXPECT_EQ(held->exchanges.size(), 1u);
  recorder_.left(1);
  EXPECT_EQ(recorder_.find(1), nullptr);
  EXPECT_EQ(held->exchanges.size(), 1u);
}

}  // namespace
}  // namespace muxlab::test
