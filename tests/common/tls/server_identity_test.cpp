#include "common/tls/server_identity.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/support/tls_connection.h"

namespace muxlab::tls {
namespace {

using namespace muxlab::test;

using ServerIdentityTest = TlsTest;

// Alerts, RFC 8446 section 6.2.
constexpr int protocol_version = 70;
constexpr int no_application_protocol = 120;

TEST_F(ServerIdentityTest, PrefersItsOwnOrderOfProtocols) {
  TlsClientOptions reversed = options();
  reversed.protocols = {"http/1.1", "h2"};
  TlsConnection connection{identity(), reversed};
  connection.run();
  EXPECT_EQ(connection.client.protocol(), "h2");
}

TEST_F(ServerIdentityTest, SpeaksTheOneProtocolInCommon) {
  TlsClientOptions old = options();
  old.protocols = {"http/1.0", "http/1.1"};
  TlsConnection connection{identity(), old};
  connection.run();
  EXPECT_EQ(connection.client.protocol(), "http/1.1");
  EXPECT_EQ(connection.server.channel->facts()->alpn, "http/1.1");
}

TEST_F(ServerIdentityTest, ServesAClientThatOffersNoProtocol) {
  TlsClientOptions silent = options();
  silent.protocols = {};
  TlsConnection connection{identity(), silent};
  connection.run();
  ASSERT_TRUE(connection.client.connected());
  EXPECT_EQ(connection.server.channel->facts()->alpn, "");
}

TEST_F(ServerIdentityTest, RefusesAClientWithoutAProtocolInCommon) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsClientOptions only_h2 = options(version);
    only_h2.protocols = {"h2"};
    TlsConnection refused{identity(TicketKeys::random(), {"http/1.1"}), only_h2};
    refused.run();
    EXPECT_EQ(refused.client.alert(), no_application_protocol);
    EXPECT_EQ(refused.server.channel->state(), Channel::State::failed);
    EXPECT_EQ(refused.server.failure, "TLS handshake: no application protocol");
  }
}

TEST_F(ServerIdentityTest, RefusesTls11) {
  TlsConnection connection{identity(), options(TlsVersion::tls11)};
  connection.run();
  EXPECT_EQ(connection.client.alert(), protocol_version);
  EXPECT_EQ(connection.server.channel->state(), Channel::State::failed);
  EXPECT_EQ(connection.server.failure, "TLS handshake: unsupported protocol");
}

TEST_F(ServerIdentityTest, Tls12OffersOnlyWhatHttp2Allows) {
  // RFC 9113 section 9.2.2: no CBC, no key exchange without ephemeral keys.
  TlsClientOptions weak = options(TlsVersion::tls12);
  weak.tls12_ciphers = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:AES128-GCM-SHA256";
  TlsConnection connection{identity(), weak};
  connection.run();
  EXPECT_EQ(connection.server.failure, "TLS handshake: no shared cipher");
}

TEST_F(ServerIdentityTest, ResumesByTicketOnAnotherIdentityWithTheSameKeys) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const TicketKeys tickets = TicketKeys::random();
    TlsConnection first{identity(tickets), options(version)};
    first.run();
    ASSERT_NE(first.client.session(), nullptr);

    TlsClientOptions returning = options(version);
    returning.session = first.client.session();
    TlsConnection second{identity(tickets), returning};
    second.run();
    EXPECT_TRUE(second.client.resumed());
    const auto facts = second.server.channel->facts();
    ASSERT_TRUE(facts.has_value());
    EXPECT_TRUE(facts->resumed);
    EXPECT_EQ(facts->alpn, "h2");
    EXPECT_EQ(facts->server_name, "localhost");
  }
}

TEST_F(ServerIdentityTest, ATicketFromBeforeTheOldestEpochMeansAFullHandshake) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const ServerIdentity ours = identity();
    TlsConnection first{ours, options(version), {.issued = 4, .oldest = 0}};
    first.run();
    TlsClientOptions returning = options(version);
    returning.session = first.client.session();

    TlsConnection too_old{ours, returning, {.issued = 5, .oldest = 5}};
    too_old.run();
    EXPECT_TRUE(too_old.client.connected());
    EXPECT_FALSE(too_old.client.resumed());

    TlsConnection young_enough{ours, returning, {.issued = 5, .oldest = 4}};
    young_enough.run();
    EXPECT_TRUE(young_enough.client.resumed());
  }
}

TEST_F(ServerIdentityTest, ATicketOfOtherKeysMeansAFullHandshake) {
  TlsConnection first{identity(), options()};
  first.run();
  TlsClientOptions returning = options();
  returning.session = first.client.session();
  TlsConnection second{identity(), returning};
  second.run();
  EXPECT_TRUE(second.client.connected());
  EXPECT_FALSE(second.client.resumed());
}

TEST_F(ServerIdentityTest, NamesTheFileItCannotUse) {
  ScratchFolder other;
  ASSERT_TRUE(ensure_certificates(other.path(), {}, std::chrono::system_clock::now()).ok());
  const CertificateFiles foreign = CertificateFiles::in(other.path());
  const auto failure_of = [](const std::filesystem::path& certificate,
                             const std::filesystem::path& key) {
    const auto loaded = ServerIdentity::load(certificate, key, {"h2"}, TicketKeys::random());
    return loaded.ok() ? "none" : loaded.failure().message;
  };

  const std::string server = files().server.string();
  const std::string key = files().server_key.string();
  EXPECT_EQ(failure_of("/nowhere.pem", key),
            "/nowhere.pem: cannot be read (No such file or directory); give the server's "
            "certificate in PEM form");
  EXPECT_EQ(failure_of(key, key),
            key +
                ": holds no readable certificate (no start line); give the server's certificate "
                "in PEM form");
  EXPECT_EQ(failure_of(server, server),
            server +
                ": holds no readable private key (unsupported); give the certificate's key in "
                "PEM form, unlocked");
  EXPECT_EQ(failure_of(server, foreign.server_key), foreign.server_key.string() +
                                                        ": is not the key of " + server +
                                                        "; give the two that belong together");
}

}  // namespace
}  // namespace muxlab::tls
