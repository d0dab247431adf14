// Page loads in virtual time that arithmetic can follow: on a line without a rate only round trips
// count.
#include "server/race/virtual_load.h"

#include <gtest/gtest.h>

#include <string>

#include "common/http/date.h"
#include "common/http/handler.h"
#include "tests/support/tls_connection.h"

namespace muxlab::test {
namespace {

using server::race::VirtualLoad;

class Greeter final : public http::Handler {
 public:
  void answer(const http::Request&, http::Responder& responder) override {
    responder.respond(http::text_response(200, "text/plain", "hello"));
  }
};

class VirtualLoadTest : public TlsTest {
 protected:
  // How long the index and `objects` more take over this way and line_: with a round trip of 200
  // ms.
  Duration load(Protocol protocol, bool secure, std::size_t objects, bool keep_alive = true) {
    server::dispatch::Rules rules;
    const std::string alpn = protocol == Protocol::http2 ? "h2" : "http/1.1";
    if (protocol == Protocol::http2) {
      rules.http2.emplace();
    } else {
      rules.http1.emplace().keep_alive = keep_alive;
    }
    const auto ours = identity(tls::TicketKeys::random(), {alpn});
    auto theirs = tls::ClientIdentity::make(files().authority, {alpn});
    EXPECT_TRUE(theirs.ok());
    server::race::Visitor visitor;
    visitor.plan.index = "/";
    for (std::size_t i = 0; i < objects; ++i) {
      visitor.plan.objects.push_back({"/" + std::to_string(i)});
    }
    visitor.way.protocol = protocol;
    visitor.identity = secure ? &theirs.value() : nullptr;
    visitor.opening_takes = opening_takes_;
    const server::race::Host host{service_, rules, secure ? &ours : nullptr};
    VirtualLoad load{host, visitor, line_};
    const auto outcome = load.run();
    EXPECT_TRUE(outcome.complete.ok()) << outcome.complete.failure().message;
    return outcome.took;
  }

  VirtualLoadTest() { line_.rtt = 200ms; }

  link::LineProfile line_;
  Duration opening_takes_{};

 private:
  Greeter greeter_;
  http::DateStamp date_{std::chrono::sys_seconds{}};
  http::Service service_{greeter_, date_};
};

TEST_F(VirtualLoadTest, CleartextTakesARoundTripForTheHandshakeAndOneForTheAnswer) {
  EXPECT_EQ(load(Protocol::http11, false, 0), 400ms);
}

// The client's Finished and its request arrive in one piece, and what the server's TLS says of its
// own then, the session tickets, does not hold the answer up.
TEST_F(VirtualLoadTest, TlsTakesOneMore) {
  EXPECT_EQ(load(Protocol::http11, true, 0), 600ms);
  EXPECT_EQ(load(Protocol::http2, true, 0), 600ms);
}

TEST_F(VirtualLoadTest, StreamsAreFetchedInOneRoundTripAndConnectionsInTurns) {
  EXPECT_EQ(load(Protocol::http2, true, 100), 800ms);
  // Of 8 objects the connection that is there fetches three in turn. Meanwhile five more are made,
  // in two round trips, and fetch one each.
  EXPECT_EQ(load(Protocol::http11, true, 8), 1200ms);
}

TEST_F(VirtualLoadTest, WithoutKeepAliveEachAnswerPaysForItsConnection) {
  EXPECT_EQ(load(Protocol::http11, true, 6, false), 1200ms);
  EXPECT_EQ(load(Protocol::http11, true, 7, false), 1800ms);
}

// The last of six connections is opened five times that after the first.
TEST_F(VirtualLoadTest, AClientThatTakesItsTimeOpensItsConnectionsOneAfterAnother) {
  opening_takes_ = 7ms;
  EXPECT_EQ(load(Protocol::http11, true, 1, false), 1200ms);
  EXPECT_EQ(load(Protocol::http11, true, 6, false), 1235ms);
}

// Six handshakes at once, each with a certificate on its way down, take longer than one may.
TEST_F(VirtualLoadTest, TheSlowestLineIsNotTooSlowForTheServersTimeouts) {
  line_.down_bps = line_.up_bps = link::lowest_bps;
  EXPECT_GT(load(Protocol::http11, true, 12), 20s);
  EXPECT_GT(load(Protocol::http11, true, 12, false), 40s);
  load(Protocol::http2, true, 12);
}

}  // namespace
}  // namespace muxlab::test
