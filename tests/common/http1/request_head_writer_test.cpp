#include "common/http1/request_head_writer.h"

#include <gtest/gtest.h>

#include "common/http1/request_head.h"

namespace muxlab::http1 {
namespace {

TEST(RequestHeadWriter, WritesARequestLineFieldsAndAnEmptyLine) {
  ByteQueue queue;
  RequestHeadWriter head{queue, "GET", "/mosaic/?tiles=100"};
  head.field("host", "localhost:8443");
  head.end();
  EXPECT_EQ(text_of(queue.front()),
            "GET /mosaic/?tiles=100 HTTP/1.1\r\nhost: localhost:8443\r\n\r\n");
}

TEST(RequestHeadWriter, WritesWhatTheParserReads) {
  ByteQueue queue;
  RequestHeadWriter head{queue, "HEAD", "/"};
  head.field("host", "[::1]:8080");
  head.end();
  auto outcome = RequestHeadParser{}.parse(queue.front());
  const auto* read = std::get_if<RequestHead>(&outcome);
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->method, "HEAD");
  EXPECT_EQ(read->target.authority, "[::1]:8080");
}

}  // namespace
}  // namespace muxlab::http1
