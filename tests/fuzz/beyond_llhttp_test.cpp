// What our codec refuses and llhttp, in strict mode, accepts: the list of
// docs/decisions/own-http1-parser.md.
#include <gtest/gtest.h>

#include <string>

#include "tests/fuzz/llhttp_oracle.h"
#include "tests/fuzz/message_reader.h"

namespace muxlab::test {
namespace {

struct Refused {
  std::string what;
  std::string text;
  int status = 400;
};

int our_refusal(std::string_view text) {
  MessageReader reader;
  reader.feed(bytes_of(text));
  return reader.refusal_status();
}

void expect_refused_by_us_alone(const std::vector<Refused>& table) {
  for (const auto& [what, text, status] : table) {
    EXPECT_EQ(our_refusal(text), status) << what;
    EXPECT_EQ(read_by_llhttp(bytes_of(text)).why_not, "") << what;
  }
}

// A request that begins with this line, and one with these fields behind it.
std::string line(std::string_view text) {
  return std::string{text} + "\r\nHost: a\r\n\r\n";
}
std::string fields(std::string_view text) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string{text} + "\r\n\r\n";
}
std::string chunks(std::string_view text) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string{text};
}

TEST(BeyondLlhttp, InTheRequestLine) {
  expect_refused_by_us_alone({
      {"a third empty line before it", "\r\n\r\n\r\n" + line("GET / HTTP/1.1")},
      {"LF before it", "\n" + line("GET / HTTP/1.1")},
      {"CR before it", "\r" + line("GET / HTTP/1.1")},
      {"LF at its end", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"two spaces before the target", line("GET  / HTTP/1.1")},
      {"two spaces before the version", line("GET /  HTTP/1.1")},
      {"HTTP/0.9", "GET /\r\n\r\n"},
      {"HTTP/0.9, said", line("GET / HTTP/0.9")},
      {"HTTP/2.0", line("GET / HTTP/2.0"), 505},
      {"CONNECT", line("CONNECT a:443 HTTP/1.1"), 501},
      {"a fragment", line("GET /#a HTTP/1.1")},
      {"userinfo", line("GET http://b@a/ HTTP/1.1")},
      {"another scheme", line("GET ftp://a/ HTTP/1.1")},
      {"* for GET", line("GET * HTTP/1.1")},
      {"* with something behind it", line("OPTIONS *a HTTP/1.1")},
  });
}

TEST(BeyondLlhttp, InTheFields) {
  expect_refused_by_us_alone({
      {"LF at the end of the head", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {"line folding", fields("A: b\r\n c")},
      {"a folded Transfer-Encoding", fields("Transfer-Encoding:\r\n chunked") + "0\r\n\r\n"},
      {"an empty name", fields(": b")},
      {"no Host", "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", fields("Host: a")},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
      {"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"userinfo in Host", "GET / HTTP/1.1\r\nHost: b@a\r\n\r\n"},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"a coding before chunks", fields("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", 501},
  });
}

TEST(BeyondLlhttp, InTheContent) {
  expect_refused_by_us_alone({
      {"a size of 16 digits", chunks("0000000000000001\r\na\r\n0\r\n\r\n")},
      {"a second extension", chunks("1;a;b\r\nx\r\n0\r\n\r\n")},
      {"a tab in a quoted string", chunks("1;a=\"\t\"\r\nx\r\n0\r\n\r\n")},
      {"Content-Length behind it", chunks("0\r\nContent-Length: 3\r\n\r\n")},
      {"Host behind it", chunks("0\r\nHost: a\r\n\r\n")},
      {"line folding behind it", chunks("0\r\nA: b\r\n c\r\n\r\n")},
      {"LF at the end of the trailers", chunks("0\r\nA: b\r\n\n")},
  });
}

TEST(BeyondLlhttp, InSize) {
  std::string many;
  for (int count = 0; count < 100; ++count) many += "A: b\r\n";
  many.resize(many.size() - 2);
  expect_refused_by_us_alone({
      {"a long target", line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), 414},
      {"a long head", fields("A: " + std::string(32768, 'a')), 431},
      {"many fields", fields(many), 431},
      {"a long name", fields(std::string(257, 'a') + ": b"), 431},
      {"long trailers", chunks("0\r\nA: " + std::string(32768, 'a') + "\r\n\r\n"), 431},
      {"many trailers", chunks("0\r\n" + many + "\r\nA: b\r\n\r\n"), 431},
      {"a long trailer name", chunks("0\r\n" + std::string(257, 'a') + ": b\r\n\r\n"), 431},
      {"a long extension", chunks("1;" + std::string(4096, 'a') + "\r\nx\r\n0\r\n\r\n")},
  });
}

}  // namespace
}  // namespace muxlab::test
