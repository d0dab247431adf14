// The client's channels against the server's, joined in memory.
#include "common/tls/client_identity.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/tls_connection.h"

namespace muxlab::test {
namespace {

using tls::Channel;
using tls::ClientIdentity;
using tls::Resumption;

// A channel of the identity and a server, with the wire between them.
struct Meeting {
  Meeting(const ClientIdentity& client_identity, const tls::ServerIdentity& server_identity,
          const std::string& server_name = "localhost")
      : client(client_identity.connect(server_name)), server(server_identity) {
    run();
  }

  // Carries bytes, `step` at a time, until neither end has anything to say.
  void run(std::size_t step = whole) {
    do {
      ByteQueue arrived;
      carry(to_client, arrived, step);
      hear(arrived);
      carry(to_server, arrived, step);
      server.receive(arrived, to_client);
    } while (!to_client.empty() || !to_server.empty());
  }

  void say(std::string_view plaintext) {
    ByteQueue queue;
    queue.append(bytes_of(plaintext));
    EXPECT_TRUE(client->seal(queue, to_server, ByteQueue::block_bytes).ok());
  }

  ByteQueue to_client;
  ByteQueue to_server;
  std::unique_ptr<Channel> client;
  TlsServer server;
  std::string heard;
  std::string failure;

 private:
  void hear(ByteQueue& arrived) {
    std::vector<std::uint8_t> room(4096);
    while (failure.empty()) {
      const auto opened = client->open(arrived, room, to_server);
      if (!opened.ok()) failure = opened.failure().message;
      if (!opened.ok() || opened.value() == 0) break;
      heard += text_of(Bytes{room}.first(opened.value()));
    }
    arrived.clear();
  }
};

class ClientIdentityTest : public TlsTest {
 protected:
  static ClientIdentity trusting(std::vector<std::string> protocols,
                                 Resumption resumption = Resumption::never) {
    auto made = ClientIdentity::make(files().authority, protocols, resumption);
    EXPECT_TRUE(made.ok()) << made.failure().message;
    return std::move(made.value());
  }
};

TEST_F(ClientIdentityTest, SaysItsHelloBeforeItHearsAnything) {
  const auto channel = trusting({"h2"}).connect("localhost");
  std::vector<std::uint8_t> room(16);
  ByteQueue nothing;
  ByteQueue hello;
  EXPECT_EQ(channel->open(nothing, room, hello).value(), 0u);
  ASSERT_FALSE(hello.empty());
  EXPECT_EQ(hello.front()[0], 22) << "a handshake record (RFC 8446 section 5.1)";
}

TEST_F(ClientIdentityTest, MeetsAServerAndAgreesOnAProtocol) {
  Meeting meeting{trusting({"http/1.1", "h2"}), identity()};
  ASSERT_EQ(meeting.client->state(), Channel::State::open) << meeting.failure;
  const auto facts = meeting.client->facts();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->alpn, "h2") << "the server's first choice of those offered";
  EXPECT_EQ(facts->version, "TLSv1.3");
  EXPECT_FALSE(facts->resumed);

  meeting.say("ping");
  meeting.run(1);
  meeting.server.say("pong", meeting.to_client);
  meeting.run(1);
  EXPECT_EQ(meeting.server.heard, "ping");
  EXPECT_EQ(meeting.heard, "pong");
}

TEST_F(ClientIdentityTest, OffersNoProtocolWhenItHasNone) {
  Meeting meeting{trusting({}), identity()};
  ASSERT_TRUE(meeting.client->facts());
  EXPECT_EQ(meeting.client->facts()->alpn, "");
}

TEST_F(ClientIdentityTest, IsToldWhenThereIsNoProtocolInCommon) {
  Meeting meeting{trusting({"h2"}), identity(tls::TicketKeys::random(), {"http/1.1"})};
  EXPECT_EQ(meeting.client->state(), Channel::State::failed);
  EXPECT_NE(meeting.failure.find("no application protocol"), std::string::npos) << meeting.failure;
}

TEST_F(ClientIdentityTest, SaysANameInSniButNoAddress) {
  Meeting by_name{trusting({"h2"}), identity()};
  EXPECT_EQ(by_name.server.channel->facts()->server_name, "localhost");
  Meeting by_address{trusting({"h2"}), identity(), "127.0.0.1"};
  ASSERT_EQ(by_address.client->state(), Channel::State::open) << by_address.failure;
  EXPECT_EQ(by_address.server.channel->facts()->server_name, "");
}

TEST_F(ClientIdentityTest, RefusesACertificateForAnotherName) {
  for (const std::string other : {"elsewhere.example", "192.0.2.7"}) {
    Meeting meeting{trusting({"h2"}), identity(), other};
    EXPECT_EQ(meeting.client->state(), Channel::State::failed) << other;
    EXPECT_NE(meeting.failure.find("certificate verify failed"), std::string::npos)
        << meeting.failure;
  }
}

TEST_F(ClientIdentityTest, RefusesAnAuthorityThatItDoesNotTrust) {
  const ScratchFolder folder;
  ASSERT_TRUE(tls::ensure_certificates(folder.path(), {}, std::chrono::system_clock::now()).ok());
  const auto stranger =
      ClientIdentity::make(tls::CertificateFiles::in(folder.path()).authority, {"h2"});
  ASSERT_TRUE(stranger.ok());
  Meeting meeting{stranger.value(), identity()};
  EXPECT_EQ(meeting.client->state(), Channel::State::failed);
}

TEST_F(ClientIdentityTest, BelievesAnybodyWithoutAnAuthority) {
  const auto credulous = ClientIdentity::make(std::nullopt, {"h2"});
  ASSERT_TRUE(credulous.ok());
  Meeting meeting{credulous.value(), identity(), "elsewhere.example"};
  EXPECT_EQ(meeting.client->state(), Channel::State::open) << meeting.failure;
}

TEST_F(ClientIdentityTest, NamesTheFileThatHoldsNoAuthority) {
  const ScratchFolder folder;
  const std::filesystem::path file = folder.path() / "not-there.pem";
  const auto missing = ClientIdentity::make(file, {"h2"});
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(missing.failure().message.starts_with(file.string())) << missing.failure().message;
  std::ofstream(file) << "no certificate\n";
  EXPECT_FALSE(ClientIdentity::make(file, {"h2"}).ok());
}

TEST_F(ClientIdentityTest, ResumesOnlyWhenItShall) {
  const tls::ServerIdentity server = identity();
  for (const Resumption resumption : {Resumption::never, Resumption::reuse_last}) {
    const ClientIdentity client = trusting({"h2"}, resumption);
    EXPECT_FALSE(Meeting(client, server).client->facts()->resumed);
    const bool resumed = resumption == Resumption::reuse_last;
    EXPECT_EQ(Meeting(client, server).client->facts()->resumed, resumed);
    EXPECT_EQ(Meeting(client, server).client->facts()->resumed, resumed);
  }
}

TEST_F(ClientIdentityTest, MayEndBeforeItsChannels) {
  std::unique_ptr<Channel> channel;
  {
    const ClientIdentity brief = trusting({"h2"}, Resumption::reuse_last);
    channel = brief.connect("localhost");
  }
  TlsServer server{identity()};
  ByteQueue to_client;
  ByteQueue to_server;
  std::vector<std::uint8_t> room(4096);
  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(channel->open(to_client, room, to_server).ok());
    server.receive(to_server, to_client);
  }
  EXPECT_EQ(channel->state(), Channel::State::open);
}

}  // namespace
}  // namespace muxlab::test
