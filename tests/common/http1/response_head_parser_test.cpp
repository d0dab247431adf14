#include "common/http1/response_head_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/http1/limits.h"
#include "common/http1/response_head.h"

namespace muxlab::http1 {
namespace {

using Kind = ResponseFraming::Kind;

ResponseHeadOutcome read(std::string_view text, bool answers_head = false) {
  return ResponseHeadParser{answers_head}.parse(bytes_of(text));
}

// "head", "more", or why it failed.
std::string verdict(const ResponseHeadOutcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return failure->message;
  return std::holds_alternative<ResponseHead>(outcome) ? "head" : "more";
}

// The same bytes, one more at a time, until there is a verdict.
std::string verdict_byte_by_byte(std::string_view text) {
  ResponseHeadParser parser;
  for (std::size_t count = 1; count <= text.size(); ++count) {
    const std::string said = verdict(parser.parse(bytes_of(text.substr(0, count))));
    if (said != "more") return said;
  }
  return "more";
}

ResponseHead accepted(std::string_view text, bool answers_head = false) {
  auto outcome = read(text, answers_head);
  EXPECT_EQ(verdict(outcome), "head") << text;
  auto* head = std::get_if<ResponseHead>(&outcome);
  return head != nullptr ? std::move(*head) : ResponseHead{};
}

Kind framing(int status, const std::string& fields, bool answers_head = false) {
  const std::string line = "HTTP/1.1 " + std::to_string(status) + " \r\n";
  return accepted(line + fields + "\r\n", answers_head).body.kind;
}

TEST(ResponseHeadParser, ReadsAHeadIntoItsParts) {
  const std::string text =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nX-Wide: \t a \t \r\n\r\n";
  const ResponseHead head = accepted(text + "not here\n");

  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.headers.find("x-wide"), "a");
  EXPECT_EQ(head.body.kind, Kind::length);
  EXPECT_EQ(head.body.length, 9u);
  EXPECT_EQ(head.bytes, text.size());
}

TEST(ResponseHeadParser, ReadsWhatTheWriterWrites) {
  ByteQueue queue;
  ResponseHeadWriter writer{queue, 200};
  writer.field("content-length", 5u);
  writer.end();
  EXPECT_EQ(accepted(text_of(queue.front())).body.length, 5u);
}

TEST(ResponseHeadParser, NeedsMoreUntilTheLastByte) {
  const std::string text = "HTTP/1.0 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t count = 0; count < text.size(); ++count) {
    EXPECT_EQ(verdict(read(text.substr(0, count))), "more") << count;
  }
  EXPECT_EQ(verdict_byte_by_byte(text), "head");
  EXPECT_EQ(accepted(text).minor_version, 0);
}

TEST(ResponseHeadParser, TakesAReasonOfAnyTextAndOfNone) {
  EXPECT_EQ(accepted("HTTP/1.1 200 \r\n\r\n").status, 200);
  EXPECT_EQ(accepted("HTTP/1.1 599 All\tis \xc3\xbc-well: really\r\n\r\n").status, 599);
}

// RFC 9112 section 6.3, rule by rule.
TEST(ResponseHeadParser, SaysHowTheContentEnds) {
  const std::string length = "Content-Length: 5\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(framing(200, length, true), Kind::none) << "HEAD";
  EXPECT_EQ(framing(200, chunked, true), Kind::none) << "HEAD";
  EXPECT_EQ(framing(103, length), Kind::none);
  EXPECT_EQ(framing(204, length), Kind::none);
  EXPECT_EQ(framing(304, length), Kind::none);
  EXPECT_EQ(framing(200, chunked), Kind::chunked);
  EXPECT_EQ(framing(404, length), Kind::length);
  EXPECT_EQ(framing(200, "Content-Length: 0\r\n"), Kind::none);
  EXPECT_EQ(framing(200, ""), Kind::until_close);
}

TEST(ResponseHeadParser, RefusesWhatIsHostileHoweverItIsCut) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::string> hostile{
      "\r\n" + ok + "\r\n",
      "HTTP/2 200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      "HTTP/1.2 200 OK\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 200\r\n\r\n",
      "HTTP/1.1 -20 OK\r\n\r\n",
      "HTTP/1.1 099 Low\r\n\r\n",
      "HTTP/1.1 600 High\r\n\r\n",
      "HTTP/1.1\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\n\r\n",
      "HTTP/1.1 200 O\rK\r\n\r\n",
      ok + "A: b\n\r\n",
      ok + "A : b\r\n\r\n",
      ok + " A: b\r\n\r\n",
      ok + "A: b\r\n c\r\n\r\n",
      ok + "nonsense\r\n\r\n",
      ok + std::string{"A: b\0c\r\n\r\n", 10},
      ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
      ok + "Content-Length: +1\r\n\r\n",
      ok + "Content-Length: 18446744073709551616\r\n\r\n",
      ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      ok + "Transfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  for (const std::string& text : hostile) {
    const std::string said = verdict(read(text));
    EXPECT_TRUE(said.ends_with('.')) << text << said;
    EXPECT_EQ(verdict_byte_by_byte(text), said) << text;
  }
}

// Every limit is exact: so much is accepted, one more is not.

TEST(ResponseHeadParserLimits, StatusLine) {
  const std::string begin = "HTTP/1.1 200 ";
  const std::string line = begin + std::string(max_status_line_bytes - begin.size(), 'a');
  EXPECT_EQ(verdict(read(line + "\r\n\r\n")), "head");
  EXPECT_EQ(verdict(read(line + "a\r\n\r\n")), "The status line is longer than 8 KiB.");
  EXPECT_EQ(verdict_byte_by_byte(line + "aaa"), "The status line is longer than 8 KiB.");
}

TEST(ResponseHeadParserLimits, WholeHeadAndFields) {
  const std::string begin = "HTTP/1.1 200 OK\r\nX: ";
  const std::string value(max_head_bytes - begin.size() - 4, 'a');
  EXPECT_EQ(verdict(read(begin + value + "\r\n\r\n")), "head");
  EXPECT_EQ(verdict(read(begin + value + "a\r\n\r\n")), "The head is longer than is taken.");

  std::string fields = "HTTP/1.1 200 OK\r\n";
  for (std::size_t count = 0; count < max_fields; ++count) fields += "X: y\r\n";
  EXPECT_EQ(verdict(read(fields + "\r\n")), "head");
  EXPECT_EQ(verdict(read(fields + "X: y\r\n\r\n")), "The head holds more fields than are taken.");
}

}  // namespace
}  // namespace muxlab::http1
