#include "server/lab/api/console.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace muxlab::test {
namespace {

using nlohmann::json;
using server::lab::Lane;
using server::lab::api::Console;

struct Answered {
  http::Response response;
  std::string content;
  json parsed() const { return json::parse(content); }
};

class ConsoleTest : public ::testing::Test {
 protected:
  ConsoleTest() {
    facts_.id = 7;
    facts_.client_address = "127.0.0.1";
    facts_.tls = TlsFacts{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "h2", "localhost", true, "x25519"};
  }

  Answered ask(const std::string& method, const std::string& target,
               const std::string& authority = "localhost:8440") {
    http::Request request;
    request.authority = authority;
    request.protocol = Protocol::http2;
    request.method = method;
    request.target = target;
    request.connection = &facts_;
    request.nth = 3;
    http::Responder responder;
    console_.answer(request, responder);
    Answered answered{responder.take(), {}};
    if (answered.response.body) {
      answered.content.resize(answered.response.content_length.value());
      MutableBytes room{reinterpret_cast<std::uint8_t*>(answered.content.data()),
                        answered.content.size()};
      EXPECT_EQ(answered.response.body->read(room).kind, http::ReadOutcome::Kind::end);
    }
    return answered;
  }

  static std::vector<Lane> lanes() {
    std::vector<Lane> lanes = server::lab::lab_lanes();
    std::uint16_t port = 8451;
    for (Lane& lane : lanes) lane.port = port++;
    lanes[3].line = link::parse_line("cable").value();
    return lanes;
  }

  ConnectionFacts facts_;
  server::lab::Lab lab_{1};
  Console console_{std::make_shared<const server::site::Files>(), lanes(), lab_};
};

TEST_F(ConsoleTest, SendsWhoAsksItByAnIpv6LoopbackAddressToLocalhost) {
  for (const std::string host : {"[::1]", "[0:0:0:0:0:0:0:1]"}) {
    const Answered sent = ask("GET", "/?page=mosaic", host + ":8440");
    EXPECT_EQ(sent.response.status, 307);
    EXPECT_EQ(sent.response.headers.find("location"), "https://localhost:8440/?page=mosaic");
  }
  EXPECT_EQ(ask("GET", "/api/lanes", "[::1]:8440").response.status, 200);
  EXPECT_EQ(ask("GET", "/", "[::2]:8440").response.status, 404) << "these files hold no page";
  EXPECT_EQ(ask("GET", "/", "127.0.0.1:8440").response.status, 404);
}

TEST_F(ConsoleTest, ListsTheLanesWithTheirRules) {
  const json lanes = ask("GET", "/api/lanes").parsed();

  ASSERT_EQ(lanes.size(), 6U);
  EXPECT_EQ(lanes[0], json::parse(R"({"name": "h1-close", "port": 8451, "protocol": "http/1.1",
    "keep_alive": false, "timeout_s": null, "max_requests": null, "max_streams": null,
    "hpack_table": null, "scheduler": null, "push": false, "early_hints": false, "line": null,
    "tap": true, "url": "https://localhost:8451/"})"));
  EXPECT_EQ(lanes[1]["timeout_s"], 15);
  EXPECT_EQ(lanes[1]["max_requests"], 1000);
  EXPECT_EQ(lanes[2]["protocol"], "h2");
  EXPECT_EQ(lanes[2]["max_streams"], 100);
  EXPECT_EQ(lanes[3]["scheduler"], "fifo");
  EXPECT_EQ(lanes[3]["line"]["preset"], "cable");
  EXPECT_EQ(lanes[4]["push"], true);
  EXPECT_EQ(lanes[5]["early_hints"], true);
}

TEST_F(ConsoleTest, TellsABalancerThatItIsWellUntilItDrains) {
  const Answered well = ask("GET", "/healthz");
  EXPECT_EQ(well.response.status, 200);
  EXPECT_EQ(well.content, "ok\n");
  EXPECT_EQ(well.response.headers.find("cache-control"), "no-store");

  console_.begin_drain();
  EXPECT_EQ(ask("GET", "/healthz").response.status, 503);
  EXPECT_EQ(ask("GET", "/api/lanes").response.status, 200);
}

TEST_F(ConsoleTest, TellsVisitorsWhatTheyNegotiated) {
  EXPECT_EQ(ask("GET", "/api/visitor").parsed(), json::parse(R"({"protocol": "h2", "alpn": "h2",
    "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "group": "x25519",
            "resumed": true,
            "server_name": "localhost"},
    "client": "127.0.0.1", "connection": "c7", "request": 3})"));
}

TEST_F(ConsoleTest, SaysNullForWhatIsNotThere) {
  facts_.tls.reset();
  const json visitor = ask("GET", "/api/visitor").parsed();
  EXPECT_TRUE(visitor["tls"].is_null());
  EXPECT_TRUE(visitor["alpn"].is_null());
}

TEST_F(ConsoleTest, AnswersWhatItDoesNotHaveWithAProblem) {
  const Answered answered = ask("GET", "/api/nothing");
  EXPECT_EQ(answered.response.status, 404);
  EXPECT_EQ(answered.response.headers.find("content-type"), "application/problem+json");
  EXPECT_EQ(answered.parsed()["status"], 404);
}

// A server name and an HTTP/2 path may hold any byte.
TEST_F(ConsoleTest, SurvivesTextThatIsNotUtf8) {
  facts_.tls->server_name = "\xff";
  EXPECT_EQ(ask("GET", "/api/visitor").parsed()["tls"]["server_name"], "\xef\xbf\xbd");
  EXPECT_EQ(ask("GET", "/\xff").response.status, 404);
}

TEST_F(ConsoleTest, AnswersTheCallsAboutLines) {
  EXPECT_EQ(ask("GET", "/api/lines").parsed().size(), 8U);
}

TEST_F(ConsoleTest, RefusesOtherMethodsAndSaysWhichItTakes) {
  const Answered refused = ask("DELETE", "/api/lanes");
  EXPECT_EQ(refused.response.status, 405);
  EXPECT_EQ(refused.response.headers.find("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(ask("OPTIONS", "*").response.status, 204);
}

}  // namespace
}  // namespace muxlab::test
