#include "server/dispatch/dispatch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muxlab::test {
namespace {

using server::dispatch::Rules;

class Nobody final : public http::Handler {
 public:
  void answer(const http::Request&, http::Responder&) override {}
};

const Rules both{.http1 = server::http1::Options{}, .http2 = server::http2::Options{}};
const Rules only_http1{.http1 = server::http1::Options{}, .http2 = std::nullopt};
const Rules only_http2{.http1 = std::nullopt, .http2 = server::http2::Options{}};

// The dialect chosen: "h1", "h2" or "undecided".
std::string chosen(const Rules& rules, const ConnectionFacts& facts, std::string_view first = {}) {
  Nobody nobody;
  const http::DateStamp date{std::chrono::sys_seconds{}};
  const http::Service service{nobody, date};
  const auto session = server::dispatch::chooser(service, rules)(facts, bytes_of(first), Instant{});
  if (!session) return "undecided";
  return dynamic_cast<server::http2::Session*>(session.get()) != nullptr ? "h2" : "h1";
}

ConnectionFacts secure(const std::string& alpn) {
  ConnectionFacts facts;
  facts.tls = TlsFacts{};
  facts.tls->alpn = alpn;
  return facts;
}

TEST(Dispatch, FollowsAlpn) {
  EXPECT_EQ(chosen(both, secure("h2")), "h2");
  EXPECT_EQ(chosen(both, secure("http/1.1")), "h1");
}

TEST(Dispatch, SpeaksHttp11ToAClientWithoutAlpn) {
  EXPECT_EQ(chosen(both, secure("")), "h1");
}

TEST(Dispatch, FollowsThePortWhereItHasOneDialectOnly) {
  EXPECT_EQ(chosen(only_http1, secure("")), "h1");
  EXPECT_EQ(chosen(only_http2, secure("")), "h2");
  EXPECT_EQ(chosen(only_http1, {}, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "h1");
}

TEST(Dispatch, KnowsThePrefaceInCleartext) {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (std::size_t seen = 0; seen < preface.size(); ++seen) {
    EXPECT_EQ(chosen(both, {}, preface.substr(0, seen)), "undecided") << seen << " bytes";
  }
  EXPECT_EQ(chosen(both, {}, preface), "h2");
  EXPECT_EQ(chosen(both, {}, preface + "more"), "h2");
}

TEST(Dispatch, SpeaksHttp11AtTheFirstByteThatIsNotThePrefaces) {
  EXPECT_EQ(chosen(both, {}, "G"), "h1");
  EXPECT_EQ(chosen(both, {}, "PUT"), "h1");
  EXPECT_EQ(chosen(both, {}, "PRI * HTTP/1.1\r\n"), "h1");
}

TEST(Dispatch, OffersByAlpnWhatThePortSpeaks) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(server::dispatch::alpn_protocols(both), (Names{"h2", "http/1.1"}));
  EXPECT_EQ(server::dispatch::alpn_protocols(only_http1), Names{"http/1.1"});
  EXPECT_EQ(server::dispatch::alpn_protocols(only_http2), Names{"h2"});
}

}  // namespace
}  // namespace muxlab::test
