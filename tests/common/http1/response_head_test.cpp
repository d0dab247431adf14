#include "common/http1/response_head.h"

#include <gtest/gtest.h>

#include <string>

#include "common/http1/connection_wishes.h"

namespace muxlab::http1 {
namespace {

std::string drained(ByteQueue& queue) {
  std::string text;
  while (!queue.empty()) {
    text += text_of(queue.front());
    queue.consume(queue.front().size());
  }
  return text;
}

TEST(ResponseHead, IsAStatusLineFieldsAndAnEmptyLine) {
  ByteQueue queue;
  ResponseHeadWriter head{queue, 404};
  head.field("content-type", "text/plain");
  head.field("content-length", 18446744073709551615u);
  head.end();
  EXPECT_EQ(drained(queue),
            "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\n"
            "content-length: 18446744073709551615\r\n\r\n");
}

TEST(ResponseHead, MayLieAcrossTheBlocksOfAQueue) {
  for (std::size_t before = ByteQueue::block_bytes - 60; before <= ByteQueue::block_bytes;
       ++before) {
    ByteQueue queue;
    queue.append(bytes_of(std::string(before, '.')));
    ResponseHeadWriter head{queue, 200};
    head.field("a", "b");
    head.field("long", std::string(40'000, 'x'));
    head.end();
    EXPECT_EQ(drained(queue).substr(before),
              "HTTP/1.1 200 OK\r\na: b\r\nlong: " + std::string(40'000, 'x') + "\r\n\r\n");
  }
}

ConnectionWishes wishes(std::string_view connection, int minor_version = 1) {
  return connection_wishes(http::Headers{{"connection", connection}}, minor_version);
}

TEST(ConnectionWishes, PersistUnlessClosedInOneOneAndOnlyIfAskedInOneZero) {
  EXPECT_TRUE(connection_wishes({}, 1).persistent);
  EXPECT_FALSE(connection_wishes({}, 0).persistent);
  EXPECT_FALSE(wishes("close").persistent);
  EXPECT_FALSE(wishes("upgrade ,\t CLOSE,").persistent);
  EXPECT_FALSE(wishes("keep-alive, close").persistent);
  EXPECT_TRUE(wishes("closed, not-close").persistent);
  EXPECT_TRUE(wishes("Keep-Alive", 0).persistent);
  EXPECT_FALSE(
      connection_wishes(http::Headers{{"connection", "x"}, {"connection", "close"}}, 1).persistent);
}

TEST(ConnectionWishes, ExpectContinueIsUnknownToOneZero) {
  const http::Headers headers{{"expect", "100-Continue"}};
  EXPECT_TRUE(connection_wishes(headers, 1).expectations.to_continue);
  EXPECT_FALSE(connection_wishes(headers, 0).expectations.to_continue);
}

TEST(ConnectionWishes, ExpectNothingElse) {
  const auto unknown = [](std::string_view value, int minor_version) {
    return connection_wishes(http::Headers{{"expect", value}}, minor_version).expectations.unknown;
  };
  EXPECT_FALSE(unknown("100-continue", 1));
  EXPECT_FALSE(unknown("", 1));
  EXPECT_TRUE(unknown("200-ok", 1));
  EXPECT_TRUE(unknown("100-continue, x=\"a\"", 1));
  EXPECT_FALSE(unknown("200-ok", 0));
}

}  // namespace
}  // namespace muxlab::http1
