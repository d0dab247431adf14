#include "server/arrival.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "tests/support/proxy_headers.h"

namespace muxlab::test {
namespace {

using server::Arrival;
using State = Arrival::State;

// A balancer's end and ours, on a loop that runs until the balancer's bytes have been looked at.
class ArrivalTest : public ::testing::Test {
 protected:
  ArrivalTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    balancer_ = net::Descriptor{ends[0]};
    arrival_ = std::make_unique<Arrival>(
        loop_, net::Accepted{net::Socket{net::Descriptor{ends[1]}}, {"10.0.0.1", 5000}, {}},
        [this] { ++settled_; });
  }

  void say(std::string_view bytes) {
    ASSERT_EQ(::send(balancer_.number(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    turn();
  }
  void hang_up() {
    balancer_ = {};
    turn();
  }

  // What is readable is read in the first turn of the loop; the wake comes in the same or the next.
  void turn() {
    int turns = 0;
    loop_.on_wake([this, &turns] {
      if (++turns == 2) return loop_.stop();
      loop_.wake();
    });
    loop_.wake();
    loop_.run();
  }

  net::EventLoop loop_;
  net::Descriptor balancer_;
  std::unique_ptr<Arrival> arrival_;
  int settled_ = 0;
};

TEST_F(ArrivalTest, IsKnownByItsHeaderAndLeavesWhatFollowsInTheSocket) {
  say(proxy_header(0x21, 0x11, ipv4_addresses) + "GET / HTTP/1.1");

  ASSERT_EQ(arrival_->state(), State::known);
  EXPECT_EQ(settled_, 1);
  EXPECT_FALSE(arrival_->header().local);
  EXPECT_EQ(arrival_->peer(), (net::Address{"10.0.0.1", 5000}));
  net::Accepted taken = arrival_->take();
  EXPECT_EQ(taken.peer, (net::Address{"192.0.2.7", 4711}));
  std::array<std::uint8_t, 100> room;
  const net::Transfer transfer = taken.socket.read(room);
  EXPECT_EQ(text_of(Bytes{room}.first(transfer.bytes)), "GET / HTTP/1.1");
}

TEST_F(ArrivalTest, WaitsForAHeaderThatComesByteByByte) {
  const std::string header = proxy_header(0x21, 0x21, std::string{ipv6_addresses} + "\x04\x01");
  for (const char& byte : header) {
    EXPECT_EQ(arrival_->state(), State::waiting);
    say({&byte, 1});
  }
  ASSERT_EQ(arrival_->state(), State::known);
  EXPECT_EQ(arrival_->take().peer, (net::Address{"2001:db8::17", 65535}));
}

TEST_F(ArrivalTest, TakesAHeaderOfTheGreatestLength) {
  say(proxy_header(0x21, 0x11, std::string{ipv4_addresses} + std::string(4096 - 28, 'x')) + "!");

  ASSERT_EQ(arrival_->state(), State::known);
  net::Accepted taken = arrival_->take();
  std::array<std::uint8_t, 100> room;
  EXPECT_EQ(taken.socket.read(room).bytes, 1U);
}

TEST_F(ArrivalTest, IsTheBalancersOwnWhereNoClientIsNamed) {
  say(proxy_header(0x20, 0x00, ""));

  ASSERT_EQ(arrival_->state(), State::known);
  EXPECT_TRUE(arrival_->header().local);
  EXPECT_EQ(arrival_->take().peer, (net::Address{"10.0.0.1", 5000}));
}

TEST_F(ArrivalTest, IsRefusedWithTheReadersWord) {
  say("GET / HTTP/1.1\r\n\r\n");

  EXPECT_EQ(arrival_->state(), State::refused);
  EXPECT_EQ(arrival_->fault(), "it began without a PROXY header");
  EXPECT_EQ(settled_, 1);
}

TEST_F(ArrivalTest, IsRefusedWhenItsHeaderBreaksOff) {
  say(proxy_header(0x21, 0x11, ipv4_addresses).substr(0, 20));
  hang_up();

  EXPECT_EQ(arrival_->state(), State::refused);
  EXPECT_EQ(arrival_->fault(), "it ended within its PROXY header");
}

TEST_F(ArrivalTest, HasLeftWhenItEndsWithoutAWord) {
  hang_up();

  EXPECT_EQ(arrival_->state(), State::left);
  EXPECT_EQ(settled_, 1);
}

TEST_F(ArrivalTest, IsRefusedWhenItsHeaderIsNotWholeInTime) {
  say(proxy_header(0x21, 0x11, ipv4_addresses).substr(0, 27));
  const Instant begun = loop_.now();
  arrival_->advance(begun + 4s);
  EXPECT_EQ(arrival_->state(), State::waiting);

  arrival_->advance(begun + 5s);
  EXPECT_EQ(arrival_->state(), State::refused);
  EXPECT_EQ(arrival_->fault(), "its PROXY header was not whole within 5 s");
  arrival_->advance(begun + 6s);
  EXPECT_EQ(settled_, 1);
}

}  // namespace
}  // namespace muxlab::test
