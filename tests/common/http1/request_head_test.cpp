#include "common/http1/request_head.h"

#include <gtest/gtest.h>

#include <string>

#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

RequestHeadOutcome read(std::string_view text) {
  return RequestHeadParser{}.parse(bytes_of(text));
}

// 200 for a head that is accepted, 100 for one that isn't complete, else the refusal's status.
int verdict(const RequestHeadOutcome& outcome) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return refusal->status;
  return std::holds_alternative<RequestHead>(outcome) ? 200 : 100;
}

int verdict(std::string_view text) {
  return verdict(read(text));
}

// The same bytes, one more at a time, until there is a verdict.
int verdict_byte_by_byte(std::string_view text) {
  RequestHeadParser parser;
  for (std::size_t count = 1; count <= text.size(); ++count) {
    const int status = verdict(parser.parse(bytes_of(text.substr(0, count))));
    if (status != 100) return status;
  }
  return 100;
}

RequestHead accepted(std::string_view text) {
  auto outcome = read(text);
  EXPECT_EQ(verdict(outcome), 200) << text;
  auto* head = std::get_if<RequestHead>(&outcome);
  return head != nullptr ? std::move(*head) : RequestHead{};
}

std::string with_host(std::string_view rest) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string{rest} + "\r\n\r\n";
}

TEST(RequestHead, IsReadIntoItsParts) {
  const std::string text =
      "GET /mosaic/?tiles=100 HTTP/1.1\r\nHost: localhost:8080\r\nACCEPT:text/html\r\nX-Empty:\r\n"
      "X-Wide: \t a \x80 b\t \r\n\r\n";
  const RequestHead head = accepted(text + "GET /next");

  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target.path_and_query, "/mosaic/?tiles=100");
  EXPECT_EQ(head.target.authority, "localhost:8080");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.bytes, text.size());
  ASSERT_EQ(head.headers.size(), 4u);
  EXPECT_EQ(head.headers.find("accept"), "text/html");
  EXPECT_EQ(head.headers.find("x-empty"), "");
  EXPECT_EQ(head.headers.find("x-wide"), "a \x80 b");
  EXPECT_EQ(head.body.kind, BodyFraming::Kind::none);
}

TEST(RequestHead, NeedsMoreUntilItsLastByte) {
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t count = 0; count < text.size(); ++count) {
    EXPECT_EQ(verdict(text.substr(0, count)), 100) << count;
  }
  EXPECT_EQ(verdict_byte_by_byte(text), 200);
}

TEST(RequestHead, TakesTheAuthorityOfAnAbsoluteTargetOverHost) {
  const RequestHead head = accepted("GET HTTP://muxlab.test:81?q HTTP/1.1\r\nHost: other\r\n\r\n");
  EXPECT_EQ(head.target.authority, "muxlab.test:81");
  EXPECT_EQ(head.target.path_and_query, "/?q");
  EXPECT_EQ(accepted("GET https://a/b HTTP/1.1\r\nHost: a\r\n\r\n").target.path_and_query, "/b");
  EXPECT_EQ(accepted("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n").target.path_and_query, "*");
  EXPECT_EQ(accepted("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").target.path_and_query, "*");
}

TEST(RequestHead, ToleratesTwoEmptyLinesBeforeIt) {
  const std::string text = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(accepted(text).bytes, text.size());
  EXPECT_EQ(verdict("\r\n" + text), 400);
}

TEST(RequestHead, IsOfVersionOneZeroOrOneOne) {
  EXPECT_EQ(accepted("GET / HTTP/1.0\r\n\r\n").minor_version, 0);
  EXPECT_EQ(accepted("GET / HTTP/1.1\r\nHost: a\r\n\r\n").minor_version, 1);
}

TEST(RequestHead, SaysHowItsBodyIsDelimited) {
  EXPECT_EQ(accepted(with_host("Content-Length: 0")).body.kind, BodyFraming::Kind::none);
  EXPECT_EQ(accepted(with_host("Transfer-Encoding: Chunked")).body.kind,
            BodyFraming::Kind::chunked);
  const BodyFraming framing = accepted(with_host("Content-Length: 18446744073709551615")).body;
  EXPECT_EQ(framing.kind, BodyFraming::Kind::length);
  EXPECT_EQ(framing.length, 18446744073709551615u);
}

TEST(RequestHead, ThatIsHostileIsRefusedHoweverItIsCut) {
  struct Hostile {
    std::string what;
    std::string text;
    int status;
  };
  const std::string host = "Host: a\r\n\r\n";
  const std::vector<Hostile> table{
      {"LF ends the request line", "GET / HTTP/1.1\n" + host, 400},
      {"LF ends a field line", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"LF before the request line", "\nGET / HTTP/1.1\r\n" + host, 400},
      {"CR ends the request line", "GET / HTTP/1.1\r" + host, 400},
      {"CR in a value", with_host("A: b\rc"), 400},
      {"two CRs", "GET / HTTP/1.1\r\r\n" + host, 400},
      {"NUL in a value", with_host(std::string{"A: b\0c", 6}), 400},
      {"NUL in the target", std::string{"GET /\0 HTTP/1.1\r\n", 17} + host, 400},
      {"DEL in a value", with_host("A: b\x7f"), 400},
      {"a control character in a value", with_host("A: b\x01"), 400},
      {"a folded field", with_host("A: b\r\n c"), 400},
      {"white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"white space before a colon", with_host("A : b"), 400},
      {"a tab before a colon", with_host("A\t: b"), 400},
      {"an empty name", with_host(": b"), 400},
      {"a field without a colon", with_host("nonsense"), 400},
      {"a slash in a name", with_host("a/b: c"), 400},
      {"a byte above ASCII in a name", with_host("a\xc3\xa9: c"), 400},
      {"two spaces before the target", "GET  / HTTP/1.1\r\n" + host, 400},
      {"two spaces before the version", "GET /  HTTP/1.1\r\n" + host, 400},
      {"a space behind the version", "GET / HTTP/1.1 \r\n" + host, 400},
      {"a space before the method", " GET / HTTP/1.1\r\n" + host, 400},
      {"a tab between the parts", "GET\t/\tHTTP/1.1\r\n" + host, 400},
      {"a method that is no token", "G{}T / HTTP/1.1\r\n" + host, 400},
      {"no target", "GET\r\n" + host, 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/0.9, said", "GET / HTTP/0.9\r\n" + host, 400},
      {"a lower-case version", "GET / http/1.1\r\n" + host, 400},
      {"a version of two digits", "GET / HTTP/1.10\r\n" + host, 400},
      {"a version of one number", "GET / HTTP/2\r\n" + host, 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\n" + host, 505},
      {"HTTP/1.9", "GET / HTTP/1.9\r\n" + host, 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host, 505},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
      {"no Host with an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", with_host("Host: a"), 400},
      {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a user in Host", "GET / HTTP/1.1\r\nHost: b@a\r\n\r\n", 400},
      {"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n", 400},
      {"a Host with a huge port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400},
      {"a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"a fragment in the target", "GET /#a HTTP/1.1\r\n" + host, 400},
      {"a byte above ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host, 400},
      {"a relative target", "GET a HTTP/1.1\r\n" + host, 400},
      {"a target of another scheme", "GET ftp://a/ HTTP/1.1\r\n" + host, 400},
      {"an absolute target without a host", "GET http:///a HTTP/1.1\r\n" + host, 400},
      {"a user in the target", "GET http://b@a/ HTTP/1.1\r\n" + host, 400},
      {"* for another method than OPTIONS", "GET * HTTP/1.1\r\n" + host, 400},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\n" + host, 501},
      {"Content-Length with chunks", with_host("Content-Length: 1\r\nTransfer-Encoding: chunked"),
       400},
      {"two equal Content-Lengths", with_host("Content-Length: 1\r\nContent-Length: 1"), 400},
      {"a list of lengths", with_host("Content-Length: 1, 1"), 400},
      {"a length with a sign", with_host("Content-Length: +1"), 400},
      {"a negative length", with_host("Content-Length: -1"), 400},
      {"a hexadecimal length", with_host("Content-Length: 0x10"), 400},
      {"an empty length", with_host("Content-Length:"), 400},
      {"a length beyond 64 bits", with_host("Content-Length: 18446744073709551616"), 400},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"an unknown coding", with_host("Transfer-Encoding: gzip"), 501},
      {"a coding before chunks", with_host("Transfer-Encoding: gzip, chunked"), 501},
      {"chunks and a tab", with_host("Transfer-Encoding: chunked\t"), 400},
      {"a length and a tab", with_host("Content-Length: 5 \t "), 400},
      {"a tab and chunks", with_host("Transfer-Encoding:\tchunked"), 400},
      {"a coding that begins like chunks", with_host("Transfer-Encoding: chunkedx"), 501},
      {"a coding behind chunks", with_host("Transfer-Encoding: chunked, gzip"), 400},
      {"chunks twice", with_host("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400},
  };
  for (const Hostile& hostile : table) {
    EXPECT_EQ(verdict(hostile.text), hostile.status) << hostile.what;
    EXPECT_EQ(verdict_byte_by_byte(hostile.text), hostile.status)
        << hostile.what << ", byte by byte";
  }
}

TEST(RequestHead, NamesAHostInEveryFormThatThereIs) {
  for (const std::string host : {"localhost", "h1.localhost:8443", "127.0.0.1", "[::1]:80", "[::1]",
                                 "a_b-c.%41", "muxlab.local:"}) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 200) << host;
  }
}

// Every limit is exact: so much is accepted, one more is not, and is refused before its end
// arrives.

TEST(RequestHeadLimits, RequestLine) {
  const std::string line(max_request_line_bytes - std::string_view{"GET / HTTP/1.1"}.size(), 'a');
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(verdict("GET /" + line + rest), 200);
  EXPECT_EQ(verdict("GET /" + line + 'a' + rest), 414);
  EXPECT_EQ(verdict_byte_by_byte("GET /" + line + rest), 200);
  EXPECT_EQ(verdict_byte_by_byte("GET /" + line + 'a' + rest), 414);
  EXPECT_EQ(verdict("GET /" + std::string(max_request_line_bytes, 'a')), 414);
}

TEST(RequestHeadLimits, WholeHead) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string value(max_head_bytes - begin.size() - 4, 'a');
  EXPECT_EQ(verdict(begin + value + "\r\n\r\n"), 200);
  EXPECT_EQ(verdict(begin + value + "a\r\n\r\n"), 431);
  EXPECT_EQ(verdict_byte_by_byte(begin + value + "\r\n\r\n"), 200);
  EXPECT_EQ(verdict_byte_by_byte(begin + value + "a\r\n\r\n"), 431);
  EXPECT_EQ(verdict(begin + value + "aaaa"), 431);
  EXPECT_EQ(verdict("\r\n\r\n" + begin + value + "\r\n\r\n"), 200);
}

TEST(RequestHeadLimits, Fields) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t count = 1; count < max_fields; ++count) text += "X: y\r\n";
  EXPECT_EQ(verdict(text + "\r\n"), 200);
  EXPECT_EQ(verdict(text + "X: y\r\n\r\n"), 431);
}

TEST(RequestHeadLimits, FieldName) {
  const std::string name(max_field_name_bytes, 'n');
  EXPECT_EQ(verdict(with_host(name + ": a")), 200);
  EXPECT_EQ(verdict(with_host(name + "n: a")), 431);
}

}  // namespace
}  // namespace muxlab::http1
