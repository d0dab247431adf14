#include "server/lab/api/lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>

namespace muxlab::test {
namespace {

using nlohmann::json;
using server::lab::OwnNames;
using server::lab::api::LinesApi;
using server::line::Lines;

struct Answered {
  int status = 0;
  http::Headers headers;
  std::string content;
  json parsed() const { return json::parse(content); }
};

Answered read(http::Response response) {
  Answered answered{response.status, std::move(response.headers), {}};
  if (!response.body) return answered;
  answered.content.resize(response.content_length.value());
  MutableBytes room{reinterpret_cast<std::uint8_t*>(answered.content.data()),
                    answered.content.size()};
  EXPECT_EQ(response.body->read(room).kind, http::ReadOutcome::Kind::end);
  return answered;
}

class LinesApiTest : public ::testing::Test {
 protected:
  LinesApiTest() {
    lines_.set_lane("h1", std::nullopt);
    lines_.set_lane("h2", std::nullopt);
    facts_.client_address = "127.0.0.1";
    facts_.tls = TlsFacts{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "h2", "localhost", true, "x25519"};
  }

  // What an own page of the console sends.
  http::Request request(const std::string& method, const std::string& target) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.authority = "localhost:8440";
    request.headers.add("origin", "https://localhost:8440");
    request.headers.add("content-type", "application/json");
    request.connection = &facts_;
    return request;
  }

  // The content comes in two pieces.
  Answered ask(const http::Request& request, const std::string& content = {}) {
    http::Responder responder;
    EXPECT_TRUE(api_.answer(request, responder));
    auto upload = responder.take_upload();
    if (!upload) return read(responder.take());
    EXPECT_EQ(upload->most_bytes, 16'384U);
    const std::size_t half = content.size() / 2;
    upload->content(bytes_of(content).first(half));
    upload->content(bytes_of(content).subspan(half));
    return read(upload->ended({}));
  }
  Answered ask(const std::string& method, const std::string& target,
               const std::string& content = {}) {
    return ask(request(method, target), content);
  }

  ConnectionFacts facts_;
  Lines lines_;
  const OwnNames names_{{"192.168.1.20", "lab.example"}};
  LinesApi api_{lines_, names_};
};

TEST_F(LinesApiTest, ListsThePresetsWithTheirSources) {
  const json presets = ask("GET", "/api/lines").parsed();

  ASSERT_EQ(presets.size(), 8U);
  EXPECT_EQ(presets[1]["name"], "cable");
  EXPECT_EQ(presets[1]["text"], "cable");
  EXPECT_EQ(presets[1]["line"]["rtt_ms"], 30);
  EXPECT_NE(presets[1]["source"], "");
  EXPECT_NE(presets[1]["what"], "");
}

TEST_F(LinesApiTest, SaysNullForALineThatIsNotThere) {
  EXPECT_EQ(ask("GET", "/api/lines/me/h2").parsed(), json::parse(R"({"address": "127.0.0.1",
    "lane": "h2", "line": null, "connections": 0,
    "lateness_ms": {"p50": null, "p99": null, "samples": 0}, "valid": true})"));
}

TEST_F(LinesApiTest, PutsALineAsObjectAsTextAndTakesItAway) {
  Answered put = ask("PUT", "/api/lines/me/h2", R"({"preset": "cable", "rtt_ms": 200})");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.parsed()["line"]["rtt_ms"], 200);
  EXPECT_EQ(put.parsed(), ask("GET", "/api/lines/127.0.0.1/h2").parsed());
  EXPECT_TRUE(ask("GET", "/api/lines/me/h1").parsed()["line"].is_null());

  put = ask("PUT", "/api/lines/me/h2", R"("3g")");
  EXPECT_EQ(put.parsed()["line"]["preset"], "3g");

  put = ask("PUT", "/api/lines/me/h2", "null");
  EXPECT_TRUE(put.parsed()["line"].is_null());
}

TEST_F(LinesApiTest, KnowsAnAddressHoweverItIsWritten) {
  ask("PUT", "/api/lines/0:0:0:0:0:0:0:1/h2", R"("dsl")");

  EXPECT_EQ(ask("GET", "/api/lines/%3A%3A1/h2").parsed()["line"]["preset"], "dsl");
  EXPECT_EQ(ask("GET", "/api/lines/::1/h2").parsed()["address"], "::1");
}

TEST_F(LinesApiTest, NamesTheFieldThatIsWrong) {
  const std::tuple<const char*, const char*, const char*> mistakes[] = {
      {R"({"rtt_ms": 2001})", "rtt_ms",
       "rtt_ms: 2001 won't do; give a number of milliseconds from 0 to 2000"},
      {R"({"rtt": 1})", "rtt", "rtt: is no field; did you mean rtt_ms?"},
      {R"("cabel")", "preset", "preset: \"cabel\" is none; did you mean cable?"},
      {"7", "line", "line: 7 won't do; give an object, or a text such as \"rtt=80ms,down=10mbit\""},
  };
  for (const auto& [content, field, detail] : mistakes) {
    const Answered answered = ask("PUT", "/api/lines/me/h2", content);
    EXPECT_EQ(answered.status, 400);
    EXPECT_EQ(answered.headers.find("content-type"), "application/problem+json");
    EXPECT_EQ(answered.parsed()["title"], "Bad Request");
    EXPECT_EQ(answered.parsed()["status"], 400);
    EXPECT_EQ(answered.parsed()["field"], field);
    EXPECT_EQ(answered.parsed()["detail"], detail);
  }
}

TEST_F(LinesApiTest, RefusesWhatIsNoJson) {
  for (const std::string& content :
       {std::string{}, std::string{"{"}, std::string{"{\"rtt_ms\": 1, \"rtt_ms\": 2}"},
        std::string(16'000, '['), std::string{"\"\xff\""}, std::string{"1 2"}}) {
    const Answered answered = ask("PUT", "/api/lines/me/h2", content);
    EXPECT_EQ(answered.status, 400);
    EXPECT_FALSE(answered.parsed().contains("field"));
  }
  EXPECT_EQ(lines_.line_of("127.0.0.1", "h2"), std::nullopt);
}

TEST_F(LinesApiTest, KnowsNoOtherLanesAndNoAddressesThatAreNone) {
  EXPECT_EQ(ask("GET", "/api/lines/me/h3").status, 404);
  EXPECT_EQ(ask("GET", "/api/lines/me").status, 404);
  EXPECT_EQ(ask("PUT", "/api/lines/me/h2/more", "null").status, 404);
  EXPECT_EQ(ask("GET", "/api/lines/somebody/h2").status, 404);
  EXPECT_EQ(ask("GET", "/api/lines/%zz/h2").status, 400);
}

TEST_F(LinesApiTest, SaysWhichMethodsAnAddressTakes) {
  const std::pair<const char*, const char*> addresses[] = {
      {"/api/lines", "GET, HEAD, OPTIONS"},
      {"/api/lines/me/h2", "GET, HEAD, PUT, OPTIONS"},
      {"/api/connections/c17/drop", "POST, OPTIONS"},
  };
  for (const auto& [target, allowed] : addresses) {
    const Answered refused = ask("DELETE", target);
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.headers.find("allow"), allowed);
    EXPECT_EQ(ask("OPTIONS", target).headers.find("allow"), allowed);
  }
}

TEST_F(LinesApiTest, LeavesOtherAddressesToOthers) {
  http::Responder responder;
  EXPECT_FALSE(api_.answer(request("GET", "/api/lanes"), responder));
}

TEST_F(LinesApiTest, IsChangedByItsOwnPagesAlone) {
  const auto put_from = [this](const std::string& authority, const std::string& origin) {
    http::Request put = request("PUT", "/api/lines/me/h2");
    put.authority = authority;
    put.headers.set("origin", origin);
    return ask(put, "null").status;
  };

  EXPECT_EQ(put_from("localhost:8440", "https://localhost:8440"), 200);
  EXPECT_EQ(put_from("LOCALHOST:8440", "https://localhost:8440"), 200);
  EXPECT_EQ(put_from("127.0.0.1:8440", "https://127.0.0.1:8440"), 200);
  EXPECT_EQ(put_from("[::1]:8440", "https://[::1]:8440"), 200);
  EXPECT_EQ(put_from("192.168.1.20", "https://192.168.1.20"), 200);
  EXPECT_EQ(put_from("h1.localhost:8440", "https://h1.localhost:8440"), 200);
  EXPECT_EQ(put_from("lab.example:8440", "https://lab.example:8440"), 200);
  EXPECT_EQ(put_from("192.168.1.21", "https://192.168.1.21"), 403);
  EXPECT_EQ(put_from("localhost:443", "https://localhost"), 200) << "https's own port";
  EXPECT_EQ(put_from("[0:0::1]:8440", "https://[::1]:8440"), 200);

  EXPECT_EQ(put_from("localhost:8440", "https://localhost:8443"), 403);
  EXPECT_EQ(put_from("localhost:8440", "http://localhost:8440"), 403);
  EXPECT_EQ(put_from("localhost:8440", "https://evil.example"), 403);
  EXPECT_EQ(put_from("localhost:8440", "null"), 403);
  // A name that somebody else lets resolve to this machine.
  EXPECT_EQ(put_from("evil.example:8440", "https://evil.example:8440"), 403);
  EXPECT_EQ(put_from("localhost.evil.example", "https://localhost.evil.example"), 403);
  EXPECT_EQ(put_from("127.0.0.1.evil.example", "https://127.0.0.1.evil.example"), 403);
  EXPECT_EQ(put_from("[evil]:8440", "https://[evil]:8440"), 403);
  EXPECT_EQ(put_from("", "https://"), 403);
  EXPECT_EQ(put_from("localhost:80", "https://localhost"), 403);
  EXPECT_EQ(put_from("localhost:8440", "https://user@localhost:8440"), 403);
  EXPECT_EQ(put_from("localhost:8440", "https://localhost:8440/"), 403);
  EXPECT_EQ(put_from("[::1]x", "https://[::1]x"), 403);
}

TEST_F(LinesApiTest, IsChangedByProgramsThatSendNoOrigin) {
  http::Request put = request("PUT", "/api/lines/me/h2");
  put.headers = {{"content-type", "Application/JSON; charset=utf-8"}};
  EXPECT_EQ(ask(put, "null").status, 200);
}

TEST_F(LinesApiTest, TakesNoContentThatIsNotSaidToBeJson) {
  http::Request put = request("PUT", "/api/lines/me/h2");
  put.headers.set("content-type", "text/plain");
  EXPECT_EQ(ask(put).status, 415);

  put.headers = {};
  EXPECT_EQ(ask(put).status, 415);
}

TEST_F(LinesApiTest, LosesNothingOfConnectionsThatAreNotThere) {
  EXPECT_EQ(ask("POST", "/api/connections/c999/drop", R"({"segments": 1})").status, 404);
  EXPECT_EQ(ask("POST", "/api/connections/17/drop", R"({"segments": 1})").status, 404);
  EXPECT_EQ(ask("POST", "/api/connections/c/drop", R"({"segments": 1})").status, 404);
  EXPECT_EQ(ask("POST", "/api/connections/c17/cut", R"({"segments": 1})").status, 404);
}

TEST_F(LinesApiTest, SaysHowManySegmentsMayBeLost) {
  for (const char* content :
       {R"({"segments": 0})", R"({"segments": 10001})", R"({"segments": "1"})",
        R"({"segments": 1, "more": 1})", "{}", "1", "null"}) {
    const Answered answered = ask("POST", "/api/connections/c17/drop", content);
    EXPECT_EQ(answered.status, 400) << content;
    EXPECT_EQ(answered.parsed()["field"], "segments");
  }
}

}  // namespace
}  // namespace muxlab::test
