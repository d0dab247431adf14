#include "common/http/multipart_ranges.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "common/http/range_body.h"

namespace muxlab::test {
namespace {

using Content = std::shared_ptr<const std::string>;

Content content_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// All of the body, read in rooms of so many bytes. Only the last read may say that it is the end.
std::string read_all(http::Body& body, std::size_t room_bytes) {
  std::string all;
  std::vector<std::uint8_t> room(room_bytes);
  while (true) {
    const http::ReadOutcome outcome = body.read(room);
    all += text_of(Bytes{room}.first(outcome.bytes));
    if (outcome.kind == http::ReadOutcome::Kind::end) return all;
    EXPECT_EQ(outcome.kind, http::ReadOutcome::Kind::some);
    EXPECT_EQ(outcome.bytes, room_bytes) << "room was left without need";
    if (outcome.bytes == 0) return all;
  }
}

TEST(MultipartRanges, LookLikeTheStandardsExample) {  // RFC 9110 section 15.3.7.2
  const std::string first(500, 'a');
  const std::string second(1000, 'b');
  const Content content =
      content_of(std::string(500, '.') + first + std::string(6000, '.') + second);
  const std::array<http::ByteRange, 2> ranges{{{500, 999}, {7000, 7999}}};

  const http::MultipartRanges layout =
      http::lay_out_ranges(ranges, 8000, "application/pdf", "THIS_STRING_SEPARATES");
  EXPECT_EQ(layout.content_type, "multipart/byteranges; boundary=THIS_STRING_SEPARATES");

  const std::string expected =
      "--THIS_STRING_SEPARATES\r\n"
      "Content-Type: application/pdf\r\n"
      "Content-Range: bytes 500-999/8000\r\n\r\n" +
      first +
      "\r\n--THIS_STRING_SEPARATES\r\n"
      "Content-Type: application/pdf\r\n"
      "Content-Range: bytes 7000-7999/8000\r\n\r\n" +
      second + "\r\n--THIS_STRING_SEPARATES--\r\n";
  EXPECT_EQ(layout.body_bytes, expected.size());
  for (const std::size_t room_bytes : {1U, 2U, 7U, 100U, 1447U, 16384U}) {
    http::RangesBody body{content, layout};
    EXPECT_EQ(read_all(body, room_bytes), expected) << room_bytes;
  }
}

TEST(RangesBody, EndsWithItsLastByteInARoomThatFitsExactly) {
  const Content content = content_of("0123456789");
  const std::array<http::ByteRange, 2> ranges{{{8, 9}, {0, 0}}};
  http::MultipartRanges layout = http::lay_out_ranges(ranges, 10, "text/plain", "b");
  std::vector<std::uint8_t> room(layout.body_bytes);
  http::RangesBody body{content, std::move(layout)};
  const http::ReadOutcome outcome = body.read(room);
  EXPECT_EQ(outcome.kind, http::ReadOutcome::Kind::end);
  EXPECT_EQ(outcome.bytes, room.size());
}

TEST(RangeBody, GivesItsRangeAlone) {
  const Content content = content_of("0123456789");
  for (const std::size_t room_bytes : {1U, 3U, 4U, 100U}) {
    http::RangeBody middle{content, {3, 6}};
    EXPECT_EQ(read_all(middle, room_bytes), "3456");
    http::RangeBody all{content, {0, 9}};
    EXPECT_EQ(read_all(all, room_bytes), "0123456789");
    http::RangeBody last{content, {9, 9}};
    EXPECT_EQ(read_all(last, room_bytes), "9");
  }
}

TEST(RangeBody, KeepsItsContentAlive) {
  Content content = content_of(std::string(100, 'x'));
  http::RangeBody body{content, {10, 19}};
  content.reset();
  EXPECT_EQ(read_all(body, 4), std::string(10, 'x'));
}

TEST(Boundary, IsTheSameForTheSameContent) {
  EXPECT_EQ(http::multipart_boundary("hello"), "muxlab-range-00000000");
  EXPECT_EQ(http::multipart_boundary(""), "muxlab-range-00000000");
}

TEST(Boundary, GivesWayToContentThatImitatesIt) {
  struct Row {
    std::string content;
    std::string boundary;
  };
  for (const Row& row : {
           Row{"--muxlab-range-00000000\r\n", "muxlab-range-00000001"},
           Row{"muxlab-range-00000000--", "muxlab-range-00000001"},
           Row{"muxlab-range-00000001", "muxlab-range-00000000"},
           Row{"muxlab-range-00000001 muxlab-range-00000000 muxlab-range-00000001",
               "muxlab-range-00000002"},
           Row{"muxlab-range-0000000", "muxlab-range-00000000"},
           Row{"muxlab-range-0000000g muxlab-range-muxlab-range-00000000", "muxlab-range-00000001"},
       }) {
    EXPECT_EQ(http::multipart_boundary(row.content), row.boundary) << row.content;
  }
}

TEST(Boundary, IsFoundBehindAnyNumberOfImitations) {
  std::string content;
  for (int round = 0; round < 40; ++round) {
    const std::string boundary = http::multipart_boundary(content);
    EXPECT_EQ(boundary.size(), 21U);
    EXPECT_EQ(content.find(boundary), std::string::npos);
    content.insert(0, "\r\n--" + boundary);
  }
}

}  // namespace
}  // namespace muxlab::test
