#include "common/tls/channel.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/tls/plain_channel.h"
#include "tests/support/tls_connection.h"

namespace muxlab::tls {
namespace {

using namespace muxlab::test;

using TlsChannelTest = TlsTest;

constexpr int bad_record_mac = 20;  // alert, RFC 8446 section 6.2

constexpr std::uint8_t alert_record = 21;  // content types, RFC 8446 section 5.1
constexpr std::uint8_t application_record = 23;

struct Record {
  std::uint8_t type;
  std::size_t length;
};

std::vector<Record> records_in(const ByteQueue& wire) {
  const std::string text = text_in(wire);
  const Bytes bytes = bytes_of(text);
  std::vector<Record> records;
  for (std::size_t at = 0; at + 5 <= bytes.size(); at += 5 + records.back().length) {
    records.push_back({bytes[at], bytes[at + 3] * std::size_t{256} + bytes[at + 4]});
  }
  return records;
}

TEST_F(TlsChannelTest, ExchangesPlaintextWhateverTheVersionAndTheSplit) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    for (const std::size_t step : {whole, std::size_t{1}, std::size_t{1000}}) {
      TlsConnection connection{identity(), options(version)};
      connection.run(step);
      ASSERT_TRUE(connection.client.connected()) << connection.client.failure();
      ASSERT_EQ(connection.server.channel->state(), Channel::State::open);

      connection.client.say("how are you?");
      connection.run(step);
      EXPECT_EQ(connection.server.heard, "how are you?");

      connection.server.say("well, thanks", connection.to_client);
      connection.run(step);
      EXPECT_EQ(connection.client.heard(), "well, thanks");
    }
  }
}

TEST_F(TlsChannelTest, OpensIntoARoomOfAnySize) {
  TlsConnection connection{identity(), options()};
  connection.run();
  connection.client.say(std::string(20000, 'x') + "end");
  ByteQueue nothing;
  connection.client.advance(nothing, connection.to_server);
  connection.server.receive(connection.to_server, connection.to_client, 1);
  EXPECT_EQ(connection.server.heard, std::string(20000, 'x') + "end");
  EXPECT_TRUE(connection.to_server.empty());
}

TEST_F(TlsChannelTest, TellsWhatTheHandshakeSettled) {
  TlsConnection connection{identity(), options()};
  EXPECT_FALSE(connection.server.channel->facts().has_value());
  connection.run();
  const auto facts = connection.server.channel->facts();
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->version, "TLSv1.3");
  EXPECT_EQ(facts->cipher, "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(facts->alpn, "h2");
  EXPECT_EQ(facts->server_name, "localhost");
  EXPECT_FALSE(facts->resumed);
  EXPECT_EQ(facts->group, "x25519");
}

TEST_F(TlsChannelTest, CountsTheBytesOfTheHandshakeAndNoneBehindIt) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsConnection connection{identity(), options(version)};
    std::uint64_t up = 0;
    std::uint64_t down = 0;
    ByteQueue nothing;
    connection.client.advance(nothing, connection.to_server);
    while (!connection.to_server.empty()) {
      up += connection.to_server.size();
      connection.server.receive(connection.to_server, connection.to_client);
      down += connection.to_client.size();
      connection.client.advance(connection.to_client, connection.to_server);
    }
    connection.server.say("an answer", connection.to_client);

    const auto facts = connection.server.channel->facts();
    ASSERT_TRUE(facts.has_value());
    EXPECT_EQ(facts->handshake_up_bytes, up);
    EXPECT_EQ(facts->handshake_down_bytes, down);
  }
}

TEST_F(TlsChannelTest, OutlivesTheIdentityThatMadeIt) {
  auto short_lived = std::make_unique<ServerIdentity>(identity());
  TlsConnection connection{*short_lived, options()};
  short_lived.reset();
  connection.run();
  EXPECT_EQ(connection.client.protocol(), "h2");
}

TEST_F(TlsChannelTest, TheClientsCloseNotifyEndsTheInputOnly) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsConnection connection{identity(), options(version)};
    connection.run();
    connection.client.say("last words");
    connection.client.close();
    connection.run();
    EXPECT_EQ(connection.server.heard, "last words");
    ASSERT_EQ(connection.server.channel->state(), Channel::State::input_ended);

    connection.server.say("heard", connection.to_client);
    connection.run();
    EXPECT_EQ(connection.client.heard(), "heard");
  }
}

TEST_F(TlsChannelTest, IgnoresWhatFollowsACloseNotify) {
  TlsConnection connection{identity(), options()};
  connection.run();
  connection.client.close();
  connection.run();
  connection.to_server.append(bytes_of("not a record"));
  connection.server.receive(connection.to_server, connection.to_client);
  EXPECT_EQ(connection.server.failure, "");
  EXPECT_TRUE(connection.to_server.empty());
  EXPECT_TRUE(connection.to_client.empty());
}

TEST_F(TlsChannelTest, SaysCloseNotifyOnceAndStillListens) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsConnection connection{identity(), options(version)};
    connection.run();
    connection.server.channel->close(connection.to_client);
    connection.server.channel->close(connection.to_client);
    EXPECT_EQ(records_in(connection.to_client).size(), 1u);

    ByteQueue nothing;
    connection.client.say("still here");
    connection.client.advance(nothing, connection.to_server);
    connection.run();
    EXPECT_TRUE(connection.client.server_closed());
    EXPECT_EQ(connection.server.heard, "still here");
  }
}

TEST_F(TlsChannelTest, HasNothingToCloseBeforeTheHandshake) {
  TlsServer server{identity()};
  ByteQueue wire_out;
  server.channel->close(wire_out);
  EXPECT_TRUE(wire_out.empty());
  EXPECT_EQ(server.channel->state(), Channel::State::handshaking);
}

TEST_F(TlsChannelTest, AnswersAMalformedHelloWithAnAlert) {
  // A handshake record that says it is a ClientHello of 4 bytes, and holds no such thing.
  const std::array<std::uint8_t, 13> wire_bytes{22, 3, 1, 0, 8, 1, 0, 0, 4, 0xff, 0xff, 0xff, 0xff};
  TlsServer server{identity()};
  ByteQueue wire;
  ByteQueue wire_out;
  wire.append(wire_bytes);
  server.receive(wire, wire_out);
  EXPECT_EQ(server.channel->state(), Channel::State::failed);
  EXPECT_EQ(server.failure, "TLS handshake: length mismatch");
  ASSERT_EQ(records_in(wire_out).size(), 1u);
  EXPECT_EQ(records_in(wire_out).front().type, alert_record);
}

TEST_F(TlsChannelTest, ACloseNotifyDuringTheHandshakeIsAFailure) {
  const std::array<std::uint8_t, 7> close_notify{alert_record, 3, 3, 0, 2, 1, 0};
  TlsConnection connection{identity(), options(TlsVersion::tls12)};
  ByteQueue nothing;
  connection.client.advance(nothing, connection.to_server);
  connection.to_server.append(close_notify);
  connection.server.receive(connection.to_server, connection.to_client);
  EXPECT_EQ(connection.server.channel->state(), Channel::State::failed);
  EXPECT_EQ(connection.server.failure, "TLS handshake: the peer closed before it was done");
}

TEST_F(TlsChannelTest, StepsAsideForCleartextAndTakesNothingOfIt) {
  // To one that speaks no TLS an alert would be noise.
  constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::size_t first : {std::size_t{1}, request.size()}) {
    TlsServer server{identity()};
    ByteQueue wire;
    ByteQueue wire_out;
    wire.append(bytes_of(request.substr(0, first)));
    server.receive(wire, wire_out);
    EXPECT_EQ(server.channel->state(), Channel::State::cleartext);
    EXPECT_EQ(server.failure, "");
    EXPECT_EQ(wire.size(), first);
    EXPECT_TRUE(wire_out.empty());
  }
}

TEST_F(TlsChannelTest, LooksForCleartextInTheFirstByteAlone) {
  TlsConnection connection{identity(), options()};
  connection.run();
  ByteQueue text;
  ByteQueue wire_out;
  text.append(bytes_of("GET / HTTP/1.1"));
  connection.server.receive(text, wire_out);
  EXPECT_EQ(connection.server.channel->state(), Channel::State::failed);
}

TEST_F(TlsChannelTest, GivesWhatCameBeforeADamagedRecord) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsConnection connection{identity(), options(version)};
    connection.run();
    ByteQueue nothing;
    connection.client.say("good");
    connection.client.advance(nothing, connection.to_server);
    ByteQueue damaged;
    connection.client.say("bad");
    connection.client.advance(nothing, damaged);
    std::string bytes = text_in(damaged);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    connection.to_server.append(bytes_of(bytes));

    connection.server.receive(connection.to_server, connection.to_client);
    EXPECT_EQ(connection.server.heard, "good");
    EXPECT_EQ(connection.server.channel->state(), Channel::State::failed);
    EXPECT_EQ(connection.server.failure, "TLS: decryption failed or bad record mac");
    connection.run();
    EXPECT_EQ(connection.client.alert(), bad_record_mac);
  }
}

TEST_F(TlsChannelTest, AFailureDoesNotSpoilAnotherConnection) {
  TlsConnection healthy{identity(), options()};
  healthy.run();
  TlsServer broken{identity()};
  ByteQueue garbage;
  ByteQueue ignored;
  garbage.append(bytes_of("\x01garbage, garbage"));
  broken.receive(garbage, ignored);
  ASSERT_EQ(broken.channel->state(), Channel::State::failed);

  healthy.client.say("unharmed");
  healthy.run();
  EXPECT_EQ(healthy.server.heard, "unharmed");
  EXPECT_EQ(healthy.server.failure, "");
}

TEST_F(TlsChannelTest, WaitsForTheRestOfATruncatedHello) {
  TlsConnection connection{identity(), options()};
  ByteQueue nothing;
  connection.client.advance(nothing, connection.to_server);
  ByteQueue half;
  carry(connection.to_server, half, connection.to_server.size() / 2);
  connection.server.receive(half, connection.to_client);
  EXPECT_EQ(connection.server.channel->state(), Channel::State::handshaking);
  EXPECT_TRUE(connection.to_client.empty());

  connection.run();
  EXPECT_TRUE(connection.client.connected());
}

TEST_F(TlsChannelTest, GivesNothingOfATruncatedRecord) {
  TlsConnection connection{identity(), options()};
  connection.run();
  ByteQueue nothing;
  connection.client.say("all or nothing");
  connection.client.advance(nothing, connection.to_server);
  ByteQueue most;
  carry(connection.to_server, most, connection.to_server.size() - 1);
  connection.server.receive(most, connection.to_client);
  EXPECT_EQ(connection.server.heard, "");
  EXPECT_EQ(connection.server.channel->state(), Channel::State::open);

  connection.run();
  EXPECT_EQ(connection.server.heard, "all or nothing");
}

TEST_F(TlsChannelTest, SealsAFullBlockAsOneFullRecord) {
  constexpr std::size_t megabyte = 1024 * 1024;
  constexpr std::size_t type_and_tag = 1 + 16;  // RFC 8446 section 5.2, AES-GCM's tag
  TlsConnection connection{identity(), options()};
  connection.run();
  const std::string plaintext(megabyte, 'm');
  connection.server.say(plaintext, connection.to_client);

  const std::vector<Record> records = records_in(connection.to_client);
  EXPECT_EQ(records.size(), megabyte / ByteQueue::block_bytes);
  for (const Record& record : records) {
    EXPECT_EQ(record.type, application_record);
    EXPECT_EQ(record.length, ByteQueue::block_bytes + type_and_tag);
  }
  connection.run();
  EXPECT_EQ(connection.client.heard(), plaintext);
}

TEST(PlainChannel, PassesBytesAsTheyAre) {
  PlainChannel channel;
  ByteQueue wire;
  ByteQueue wire_out;
  wire.append(bytes_of("abcdef"));
  std::array<std::uint8_t, 4> room{};
  EXPECT_EQ(channel.open(wire, room, wire_out).value(), 4u);
  EXPECT_EQ(text_of(room), "abcd");
  EXPECT_EQ(channel.open(wire, room, wire_out).value(), 2u);
  EXPECT_EQ(channel.open(wire, room, wire_out).value(), 0u);

  for (const std::string_view part : {"one ", "two"}) {
    ByteQueue plaintext;
    plaintext.append(bytes_of(part));
    ASSERT_TRUE(channel.seal(plaintext, wire_out, whole).ok());
    EXPECT_TRUE(plaintext.empty());
  }
  channel.close(wire_out);
  EXPECT_EQ(text_in(wire_out), "one two");
  EXPECT_FALSE(channel.facts().has_value());
}

}  // namespace
}  // namespace muxlab::tls
