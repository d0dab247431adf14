#include "common/net/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using net::Accepted;
using net::Descriptor;
using net::EventLoop;
using net::Listener;
using net::Socket;
using net::Transfer;
using Sharing = Listener::Sharing;

// A client's end, made with the system's calls alone.
Descriptor connect_to(std::uint16_t port) {
  Descriptor descriptor{socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(descriptor.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return descriptor;
}

struct Joined {
  Listener listener = std::move(Listener::open({"127.0.0.1", 0}, Sharing::exclusive).value());
  EventLoop loop;
  Descriptor client = connect_to(listener.address().port);
  std::optional<Accepted> accepted = accept();

  std::optional<Accepted> accept() {
    std::optional<Accepted> result;
    listener.start(loop, [&](Accepted one) {
      result = std::move(one);
      loop.stop();
    });
    loop.run();
    return result;
  }
};

TEST(Listener, AcceptsAndNamesThePeer) {
  Joined joined;
  ASSERT_TRUE(joined.accepted);
  EXPECT_EQ(joined.accepted->peer.host, "127.0.0.1");
  EXPECT_NE(joined.accepted->peer.port, 0);
  EXPECT_EQ(joined.accepted->local.host, "127.0.0.1");
}

TEST(Listener, SaysThatAPortIsInUse) {
  const auto first = Listener::open({"127.0.0.1", 0}, Sharing::exclusive);
  const std::uint16_t port = first.value().address().port;
  const auto second = Listener::open({"127.0.0.1", port}, Sharing::exclusive);

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().message,
            "127.0.0.1 port " + std::to_string(port) + " is already in use");
}

TEST(Listener, SharesAPortOnlyWithThoseThatShareToo) {
  const auto first = Listener::open({"127.0.0.1", 0}, Sharing::shared);
  const std::uint16_t port = first.value().address().port;

  EXPECT_TRUE(Listener::open({"127.0.0.1", port}, Sharing::shared).ok());
  EXPECT_FALSE(Listener::open({"127.0.0.1", port}, Sharing::exclusive).ok());
}

TEST(Listener, RefusesWhatIsNotAnAddressOfThisMachine) {
  const auto name = Listener::open({"localhost", 0}, Sharing::exclusive);
  ASSERT_FALSE(name.ok());
  EXPECT_EQ(name.failure().message, "\"localhost\" is not an IP address");

  const auto elsewhere = Listener::open({"192.0.2.1", 0}, Sharing::exclusive);
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_EQ(elsewhere.failure().message, "192.0.2.1 is not an address of this machine");
}

// A socket as a service manager passes it: bound and listening, and made to wait in accept().
Descriptor listening_socket() {
  Descriptor descriptor{socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(descriptor.number(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  EXPECT_EQ(listen(descriptor.number(), 10), 0);
  return descriptor;
}

// Until the first; then it has to come back to the loop, which ends, instead of waiting for a
// second.
std::size_t accepted_by(Listener& listener) {
  const Descriptor client = connect_to(listener.address().port);
  EventLoop loop;
  std::size_t accepted = 0;
  listener.start(loop, [&](const Accepted&) {
    ++accepted;
    loop.stop();
  });
  loop.run();
  listener.close();
  return accepted;
}

TEST(Listener, AdoptsASocketThatListensAlready) {
  auto adopted = Listener::adopt(listening_socket());
  ASSERT_TRUE(adopted.ok());
  Listener& listener = adopted.value();
  EXPECT_EQ(listener.address().host, "127.0.0.1");

  EXPECT_EQ(accepted_by(listener), 1U);
}

TEST(Listener, OfOneSocketMayBeSeveral) {
  Listener first = std::move(Listener::adopt(listening_socket()).value());
  Listener second = std::move(first.share().value());
  EXPECT_EQ(second.address().port, first.address().port);

  first.close();

  EXPECT_EQ(accepted_by(second), 1U) << "the socket is there as long as one of them is";
}

TEST(Listener, AdoptsNothingElse) {
  const auto refusal = [](Descriptor descriptor) {
    const auto adopted = Listener::adopt(std::move(descriptor));
    return adopted.ok() ? std::string{} : adopted.failure().message;
  };
  const std::string none = "is no listening TCP socket";
  EXPECT_EQ(refusal(Descriptor{socket(AF_INET, SOCK_STREAM, 0)}), none) << "it does not listen";
  EXPECT_EQ(refusal(Descriptor{socket(AF_INET, SOCK_DGRAM, 0)}), none);
  EXPECT_EQ(refusal(Descriptor{socket(AF_UNIX, SOCK_STREAM, 0)}), none);
  EXPECT_EQ(refusal(Descriptor{dup(STDERR_FILENO)}), none);
}

TEST(Socket, MovesBytesBothWaysAndSeesTheEnd) {
  Joined joined;
  Socket& server = joined.accepted->socket;
  const int client = joined.client.number();
  std::array<std::uint8_t, 100> room;
  EXPECT_EQ(server.read(room).kind, Transfer::Kind::blocked);

  ByteQueue greeting;
  greeting.append(bytes_of("good morning"));
  EXPECT_EQ(server.write(greeting).bytes, 12U);
  EXPECT_EQ(recv(client, room.data(), room.size(), MSG_WAITALL | MSG_DONTWAIT), 12);

  ASSERT_EQ(send(client, "hi", 2, 0), 2);
  shutdown(client, SHUT_WR);
  EXPECT_EQ(server.read(room).bytes, 2U);
  EXPECT_EQ(server.read(room).kind, Transfer::Kind::ended);

  server.end_output();
  EXPECT_EQ(recv(client, room.data(), room.size(), 0), 0);
}

TEST(Socket, SaysBlockedWhenThePeerDoesNotRead) {
  Joined joined;
  ByteQueue much;
  much.append(bytes_of(std::string(100'000, 'x')));
  Transfer transfer{Transfer::Kind::moved};
  std::size_t written = 0;
  while (transfer.kind == Transfer::Kind::moved && written < 100'000'000) {
    transfer = joined.accepted->socket.write(much);
    written += transfer.bytes;
  }
  EXPECT_EQ(transfer.kind, Transfer::Kind::blocked);
}

// The kernel goes on counting what it will never send: a connection that its peer has reset would
// be waited for.
TEST(Socket, HoldsNothingOfAConnectionThatItsPeerHasReset) {
  Joined joined;
  const Socket& server = joined.accepted->socket;
  ByteQueue answer;
  answer.append(bytes_of(std::string(1'000'000, 'x')));
  while (joined.accepted->socket.write(answer).kind == Transfer::Kind::moved) {
  }
  EXPECT_GT(server.unacknowledged_bytes(), 0U);

  Socket client{std::move(joined.client)};
  client.abandon_output();
  static_cast<void>(Socket{std::move(client)});  // closes it
  pollfd reset{.fd = server.descriptor(), .events = 0, .revents = 0};
  poll(&reset, 1, -1);

  EXPECT_EQ(server.unacknowledged_bytes(), 0U);
}

}  // namespace
}  // namespace muxlab::test
