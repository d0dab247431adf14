#include "server/dispatch/dispatch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/header_block.h"
#include "tests/support/http2_frames.h"

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
  EXPECT_EQ(chosen(only_http2, {}), "h2");
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

// --- Wrong doors

// What is answered to the first words of a client that has come to a port of these rules.
std::string answer(const Rules& rules, ConnectionFacts facts, std::string_view first) {
  Nobody nobody;
  const http::DateStamp date{std::chrono::sys_seconds{}};
  const http::Service service{nobody, date};
  facts.local_port = 8443;
  const auto choose = server::dispatch::chooser(service, rules);
  const auto session = choose(facts, bytes_of(first), Instant{});
  EXPECT_TRUE(session->receive(bytes_of(first), Instant{}).ok());
  ByteQueue out;
  while (session->produce(out, 16384, Instant{}) > 0) {
  }
  return drain_to_text(out);
}

ConnectionFacts in_cleartext() {
  ConnectionFacts facts;
  facts.missed_tls = true;
  return facts;
}

std::string get(const std::string& host) {
  return "GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST(WrongDoor, TellsHttpInCleartextTheAddressOverTls) {
  for (const Rules& rules : {both, only_http1, only_http2}) {
    const std::string heard = answer(rules, in_cleartext(), get("muxlab.test:8443"));
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 400 ")) << heard;
    EXPECT_TRUE(holds(heard, "connection: close\r\n")) << heard;
    EXPECT_TRUE(holds(heard, " https://muxlab.test:8443/ ")) << heard;
  }
}

TEST(WrongDoor, NamesItsOwnPortWhereTheClientNamedNone) {
  EXPECT_TRUE(holds(answer(both, in_cleartext(), get("[::1]")), " https://[::1]:8443/ "));
  EXPECT_TRUE(holds(answer(both, in_cleartext(), "GET / HTTP/1.0\r\n\r\n"), "on port 8443."));
}

TEST(WrongDoor, SaysNothingBackThatIsNoHost) {
  const std::string heard = answer(both, in_cleartext(), get("<script>"));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 400 "));
  EXPECT_FALSE(holds(heard, "script"));
}

TEST(WrongDoor, TellsHttp2InCleartextTheSame) {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  EXPECT_EQ(chosen(only_http1, in_cleartext(), preface.substr(0, 10)), "undecided");
  const std::string request = header_block({{":method", "GET"},
                                            {":scheme", "http"},
                                            {":authority", "muxlab.test:8443"},
                                            {":path", "/"}});
  constexpr std::uint8_t ends_headers_and_stream = 0x5;
  for (const Rules& rules : {both, only_http1, only_http2}) {
    const std::string heard =
        answer(rules, in_cleartext(),
               preface + frame(Frame::settings, 0, 0, "") +
                   frame(Frame::headers, ends_headers_and_stream, 1, request));
    EXPECT_TRUE(holds(heard, " https://muxlab.test:8443/ "));
  }
}

TEST(WrongDoor, TellsAClientWithoutAlpnThatHttp2IsNeeded) {
  const std::string heard = answer(only_http2, secure(""), get("localhost:8443"));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 505 ")) << heard;
  EXPECT_TRUE(holds(heard, "connection: close\r\n")) << heard;
  EXPECT_TRUE(holds(heard, "ALPN")) << heard;
}

TEST(Dispatch, OffersByAlpnWhatThePortSpeaks) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(server::dispatch::alpn_protocols(both), (Names{"h2", "http/1.1"}));
  EXPECT_EQ(server::dispatch::alpn_protocols(only_http1), Names{"http/1.1"});
  EXPECT_EQ(server::dispatch::alpn_protocols(only_http2), Names{"h2"});
}

}  // namespace
}  // namespace muxlab::test
