// Who may show whom in a frame.
#include "server/lab/api/framing.h"

#include <gtest/gtest.h>

#include <string>

#include "server/lab/lab.h"

namespace muxlab::test {
namespace {

using server::lab::Lab;
using server::lab::api::console_policy;
using server::lab::api::FramedSite;
using server::lab::api::host_in;

class Answers final : public http::Handler {
 public:
  explicit Answers(std::string type) : type_(std::move(type)) {}
  void answer(const http::Request&, http::Responder& responder) override {
    responder.respond(http::text_response(200, type_, "x"));
  }

 private:
  std::string type_;
};

class Framing : public ::testing::Test {
 protected:
  Framing() {
    auto lanes = server::lab::lab_lanes();
    for (std::size_t i = 0; i < lanes.size(); ++i)
      lanes[i].port = static_cast<std::uint16_t>(8451 + i);
    lanes.push_back(server::lab::console_lane());
    lanes.back().port = 8440;
    lab_.show(lanes);
  }

  http::Headers answered(const std::string& type, const std::string& authority) {
    Answers site{type};
    FramedSite framed{site, lab_};
    http::Request request;
    request.method = "GET";
    request.authority = authority;
    request.target = "/";
    http::Responder responder;
    framed.answer(request, responder);
    return responder.take().headers;
  }

  Lab lab_{1};
};

TEST_F(Framing, AHostIsWhatStandsBeforeThePort) {
  EXPECT_EQ(host_in("localhost:8440"), "localhost");
  EXPECT_EQ(host_in("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(host_in("[2001:db8::1]:8440"), "[2001:db8::1]");
  EXPECT_EQ(host_in(""), "localhost");
}

TEST_F(Framing, AHostThatWouldBeAWordOfThePolicyIsNone) {
  EXPECT_EQ(host_in("a; script-src *"), "localhost");
  EXPECT_EQ(host_in("a b:1"), "localhost");
}

TEST_F(Framing, TheConsoleFramesTheLanesByTheHostThatWasAskedFor) {
  const std::string policy = console_policy(lab_, "192.0.2.7:8440");
  EXPECT_NE(policy.find("frame-src https://192.0.2.7:8451 https://192.0.2.7:8452 "), policy.npos);
  EXPECT_NE(policy.find(" https://192.0.2.7:8456; "), policy.npos);
  EXPECT_EQ(policy.find("8440"), policy.npos) << "itself it does not frame";
  EXPECT_EQ(policy.find("unsafe"), policy.npos);
}

TEST_F(Framing, ALanesDocumentsAreFramedByTheConsoleAlone) {
  const http::Headers headers = answered("text/html; charset=utf-8", "localhost:8453");
  EXPECT_EQ(headers.find("content-security-policy"),
            "frame-ancestors 'self' https://localhost:8440");
  EXPECT_EQ(headers.find("origin-agent-cluster"), "?1");
}

TEST_F(Framing, OnlyDocumentsSaySo) {
  EXPECT_FALSE(answered("image/png", "localhost:8453").find("content-security-policy"));
}

}  // namespace
}  // namespace muxlab::test
