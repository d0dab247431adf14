// The same request over HTTP/1.1 and over HTTP/2: what is above a limit of common/http/limits.h,
// and what nobody can ask for, is answered alike. Where the two differ the table says why.

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "common/http/limits.h"
#include "tests/support/http1_conversation.h"
#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

struct Asked {
  std::string method = "GET";
  std::string target = "/hello";
  http::Headers fields{};
  http::Headers trailers{};  // behind content of four bytes, where there are any
};

std::string lines_of(const http::Headers& fields) {
  std::string lines;
  for (const auto [name, value] : fields) {
    lines.append(name).append(": ").append(value).append("\r\n");
  }
  return lines;
}

std::string as_http1(const Asked& asked) {
  std::string text = asked.method + " " + asked.target + " HTTP/1.1\r\nhost: localhost\r\n" +
                     lines_of(asked.fields);
  if (asked.trailers.empty()) return text + "\r\n";
  return text + "transfer-encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n" + lines_of(asked.trailers) +
         "\r\n";
}

int status_over_http1(const Asked& asked) {
  Http1Conversation conversation;
  const std::string answer = conversation.say_and_hear(as_http1(asked));
  return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}

// The status; negative: the error code of the stream's reset.
int status_over_http2(const Asked& asked) {
  Http2Pair pair;
  pair.shelf.put("/hello", "hello");
  pair.shelf.put("*", "");
  pair.shelf.on("/upload", [](const http::Request&, http::Responder& responder) {
    responder.accept(
        {100, [](Bytes) {},
         [](const http::Headers&) { return http::text_response(201, "text/plain", "taken"); }});
  });
  http::Headers fields{{":method", asked.method}, {":authority", "localhost"}};
  if (asked.method != "CONNECT") {  // it has neither (RFC 9113 section 8.5)
    fields.add(":scheme", "https");
    fields.add(":path", asked.target);
  }
  for (const auto [name, value] : asked.fields) fields.add(name, value);
  std::unique_ptr<http::Body> content;
  if (!asked.trailers.empty()) {
    content = std::make_unique<http::SharedBody>(std::make_shared<const std::string>("four"));
  }
  const auto stream = pair.client.request(fields, std::move(content), asked.trailers).value();
  pair.run();
  EXPECT_TRUE(pair.goaways.empty());
  const Answer& answer = pair.answers[stream];
  if (!answer.status.empty()) return std::stoi(answer.status);
  return answer.closed ? -static_cast<int>(*answer.closed) : 0;
}

struct Case {
  std::string what;
  Asked asked;
  int http1;
  int http2;
  std::string why{};  // they differ
};

std::ostream& operator<<(std::ostream& out, const Case& it) {
  return out << it.what;
}

constexpr int malformed = -static_cast<int>(http2::ErrorCode::protocol_error);

http::Headers fields(std::size_t count) {
  http::Headers all;
  for (std::size_t i = 0; i < count; ++i) all.add("x-" + std::to_string(i), "v");
  return all;
}

// A GET of /hello whose head is so long as HTTP/1.1 writes it, and HTTP/2 counts it.
http::Headers filling_head(std::size_t bytes) {
  const std::string rest = as_http1({.fields = {{"x-long", ""}}});
  return {{"x-long", std::string(bytes - rest.size(), 'v')}};
}

std::string target_filling_line(std::size_t bytes) {
  const std::string_view rest = "GET  HTTP/1.1";
  return "/hello?" + std::string(bytes - rest.size() - 7, 't');
}

Asked upload(http::Headers trailers) {
  return {.method = "POST", .target = "/upload", .trailers = std::move(trailers)};
}

const std::vector<Case> cases{
    // --- the limits of common/http/limits.h ---
    {"request line", {.target = target_filling_line(http::max_request_line_bytes)}, 200, 200},
    {"request line + 1",
     {.target = target_filling_line(http::max_request_line_bytes + 1)},
     414,
     414},
    {"a method longer than the line", {.method = std::string(9000, 'M')}, 414, 414},
    {"head", {.fields = filling_head(http::max_head_bytes)}, 200, 200},
    {"head + 1", {.fields = filling_head(http::max_head_bytes + 1)}, 431, 431},
    // Beyond four times the limit HTTP/2 resets: flood_test.cpp.
    {"head of 60 KB", {.fields = {{"x-0", std::string(60'000, 'v')}}}, 431, 431},
    {"fields", {.fields = fields(http::max_fields - 1)}, 200, 200},
    {"fields, Host beside",
     {.fields = fields(http::max_fields)},
     431,
     200,
     "Host is a field of HTTP/1.1, and :authority none of HTTP/2"},
    {"fields + 1", {.fields = fields(http::max_fields + 1)}, 431, 431},
    {"fields, four times", {.fields = fields(4 * http::max_fields)}, 431, 431},
    {"field name", {.fields = {{std::string(http::max_field_name_bytes, 'n'), "v"}}}, 200, 200},
    {"field name + 1",
     {.fields = {{std::string(http::max_field_name_bytes + 1, 'n'), "v"}}},
     431,
     431},
    {"trailers", upload(fields(http::max_fields)), 201, 201},
    {"trailers + 1", upload(fields(http::max_fields + 1)), 431, 431},
    {"long trailers", upload({{"x-sum", std::string(http::max_head_bytes, 's')}}), 431, 431},
    {"trailer name + 1", upload({{std::string(http::max_field_name_bytes + 1, 'n'), "v"}}), 431,
     431},

    // --- what nobody can ask for ---
    {"unknown method", {.method = "BREW"}, 501, 501},
    {"CONNECT", {.method = "CONNECT", .target = "localhost:443"}, 501, 501},
    {"method that is no token", {.method = "G(T"}, 400, malformed, "RFC 9113 section 8.1.1"},
    {"OPTIONS *", {.method = "OPTIONS", .target = "*"}, 200, 200},
    {"GET *", {.target = "*"}, 400, malformed, "RFC 9113 section 8.3.1"},
    {"relative target", {.target = "hello"}, 400, malformed, "RFC 9113 section 8.3.1"},
    {"fragment", {.target = "/hello#there"}, 400, 400},
    {"high byte in the target", {.target = "/hello\xff"}, 400, 400},
    {"control character in the target",
     {.target = "/hello\x01"},
     400,
     malformed,
     "RFC 9113 section 8.2.1"},
    {"delete in the target", {.target = "/hello\x7f"}, 400, malformed, "RFC 9113 section 8.2.1"},
    {"absolute form",
     {.target = "http://localhost/hello"},
     200,
     malformed,
     "a proxy's form in HTTP/1.1; HTTP/2 has pseudo-header fields for its parts"},
    {"unknown expectation", {.fields = {{"expect", "foo"}}}, 417, 417},
    {"unknown expectation beside a known one",
     {.fields = {{"expect", "100-continue"}, {"expect", "foo"}}},
     417,
     417},
    {"control character in a value",
     {.fields = {{"x-a", "b\x01"}}},
     400,
     malformed,
     "RFC 9113 section 8.2.1"},
    {"forbidden character in a name",
     {.fields = {{"x(a", "b"}}},
     400,
     malformed,
     "RFC 9113 section 8.2.1"},
    {"field without a name", {.fields = {{"", "b"}}}, 400, malformed, "RFC 9113 section 8.2.1"},
    {"content-length twice",
     {.method = "POST",
      .target = "/upload",
      .fields = {{"content-length", "0"}, {"content-length", "0"}}},
     400,
     malformed,
     "RFC 9113 section 8.1.1"},
    {"routing in trailers", upload({{"host", "elsewhere"}}), 400, 400},
    {"dropped in trailers", upload({{"authorization", "late"}}), 201, 201},
};

class SameAnswers : public ::testing::TestWithParam<Case> {};

TEST_P(SameAnswers, OverBothProtocols) {
  const Case& it = GetParam();
  EXPECT_EQ(status_over_http1(it.asked), it.http1);
  EXPECT_EQ(status_over_http2(it.asked), it.http2);
  EXPECT_EQ(it.http1 == it.http2, it.why.empty());
}

INSTANTIATE_TEST_SUITE_P(Requests, SameAnswers, ::testing::ValuesIn(cases));

}  // namespace
}  // namespace muxlab::test
