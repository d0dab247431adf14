#include "common/connection/connection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "common/tls/certificate.h"
#include "common/tls/plain_channel.h"
#include "common/tls/server_identity.h"
#include "tests/support/http2_frames.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/tls_client.h"

namespace muxlab::test {
namespace {

using connection::Connection;
using connection::Verdict;

// Greets, then says back what it hears; what happens to it is noted outside, where a test can see
// it.
struct Notes {
  bool wants_input = true;
  bool drops_input = false;
  bool finished = false;
  bool fails = false;
  bool input_ended = false;
  bool shut_down = false;
  std::size_t pulled_bytes = 0;
  std::string heard;
  std::string to_say = "hello ";
};

class Echo final : public http::Session {
 public:
  explicit Echo(Notes& notes) : notes_(notes) {}
  Status receive(Bytes plaintext, Instant) override {
    notes_.heard.append(text_of(plaintext));
    notes_.to_say.append(text_of(plaintext));
    if (notes_.fails) return Failure{"no way"};
    return Done{};
  }
  bool wants_input() const override { return notes_.wants_input; }
  bool drops_input() const override { return notes_.drops_input; }
  void input_ended(Instant) override {
    notes_.input_ended = true;
    notes_.finished = true;
  }
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant) override {
    const std::string said = notes_.to_say.substr(0, limit);
    notes_.to_say.erase(0, said.size());
    notes_.pulled_bytes += said.size();
    out.append(bytes_of(said));
    return said.size();
  }
  void advance(Instant) override {}
  std::optional<Instant> next_event() const override { return std::nullopt; }
  void shut_down(Instant) override { notes_.shut_down = true; }
  bool finished() const override { return notes_.finished; }

 private:
  Notes& notes_;
};

struct Fixture {
  Notes notes;
  std::string first_seen;
  std::size_t first_bytes_wanted = 0;
  connection::SessionChooser choose = [this](const ConnectionFacts&, Bytes first,
                                             Instant) -> std::unique_ptr<http::Session> {
    first_seen = text_of(first);
    if (first.size() < first_bytes_wanted) return nullptr;
    return std::make_unique<Echo>(notes);
  };
  Instant now{};

  std::unique_ptr<Connection> connect(std::unique_ptr<tls::Channel> channel = nullptr) {
    if (!channel) channel = std::make_unique<tls::PlainChannel>();
    return std::make_unique<Connection>(std::move(channel), ConnectionFacts{}, choose,
                                        connection::Limits{}, now);
  }

  std::string take_output(Connection& connection) {
    std::string text;
    while (!connection.output().empty()) {
      const Bytes front = connection.output().front();
      text.append(text_of(front));
      connection.sent(front.size(), now);
    }
    return text;
  }
};

TEST(Connection, CarriesBytesToTheSessionAndBack) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("world"), fixture.now);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::open);
  EXPECT_EQ(fixture.take_output(*connection), "hello world");
}

TEST(Connection, HoldsTheFirstBytesUntilTheyDecideTheDialect) {
  Fixture fixture;
  fixture.first_bytes_wanted = 3;
  const auto connection = fixture.connect();
  for (const char* byte : {"P", "R", "I"}) {
    connection->receive(bytes_of(byte), fixture.now);
    connection->pump(fixture.now);
  }

  EXPECT_EQ(fixture.first_seen, "PRI");
  EXPECT_EQ(fixture.notes.heard, "PRI") << "each byte once";
}

TEST(Connection, GivesUpAPeerThatNeverGetsToARequest) {
  Fixture fixture;
  fixture.first_bytes_wanted = 3;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("P"), fixture.now);
  EXPECT_EQ(connection->pump(fixture.now), Verdict::open);
  EXPECT_EQ(connection->next_event(), Instant{} + 10s);
  connection->advance(Instant{} + 10s);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::abort);
}

TEST(Connection, PullsNoFurtherAheadThanItsLimit) {
  Fixture fixture;
  fixture.notes.to_say = std::string(1'000'000, 'x');
  const auto connection = fixture.connect();
  connection->receive(bytes_of("go"), fixture.now);
  connection->pump(fixture.now);
  connection->pump(fixture.now);

  EXPECT_EQ(fixture.notes.pulled_bytes, link::send_ahead_bytes);
}

TEST(Connection, TakesNoInputThatTheSessionDoesNotWant) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("one"), fixture.now);
  connection->pump(fixture.now);
  fixture.notes.wants_input = false;
  connection->receive(bytes_of("two"), fixture.now);
  connection->pump(fixture.now);

  EXPECT_EQ(fixture.notes.heard, "one");
  EXPECT_FALSE(connection->wants_input()) << "the socket must wait too";

  fixture.notes.wants_input = true;
  connection->pump(fixture.now);
  EXPECT_EQ(fixture.notes.heard, "onetwo");
  EXPECT_TRUE(connection->wants_input());
}

TEST(Connection, TellsTheSessionOfTheEndOnlyAfterTheLastByte) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("bye"), fixture.now);
  connection->input_ended(fixture.now);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
  EXPECT_TRUE(fixture.notes.input_ended);
  EXPECT_EQ(fixture.notes.heard, "bye");
  EXPECT_EQ(fixture.take_output(*connection), "hello bye");
}

TEST(Connection, IsOverWhenThePeerLeavesBeforeItSaidAnything) {
  Fixture fixture;
  fixture.first_bytes_wanted = 1;
  const auto connection = fixture.connect();
  connection->input_ended(fixture.now);
  EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
}

TEST(Connection, AbortsWhenTheSessionCanNotGoOn) {
  Fixture fixture;
  fixture.notes.fails = true;
  fixture.notes.to_say.clear();
  const auto connection = fixture.connect();
  connection->receive(bytes_of("nonsense"), fixture.now);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::abort);
  EXPECT_EQ(connection->trouble(), "no way");
}

TEST(Connection, AbortsWhenThePeerTakesNoBytes) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("world"), fixture.now);
  connection->pump(fixture.now);
  connection->sent(3, Instant{} + 5s);
  const Instant due = Instant{} + 30s + 6ms;  // what three bytes have earned
  EXPECT_EQ(connection->next_event(), due);
  connection->advance(due - 1ns);
  EXPECT_EQ(connection->pump(due - 1ns), Verdict::open);
  connection->advance(due);
  EXPECT_EQ(connection->pump(due), Verdict::abort);
}

TEST(Connection, DropsWhatComesOnceAllHasBeenSaid) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("world"), fixture.now);
  fixture.notes.finished = true;
  EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
  for (int piece = 0; piece < 3; ++piece) {
    ASSERT_TRUE(connection->wants_input()) << "a peer that sends on must be able to";
    connection->receive(bytes_of("more"), fixture.now);
    EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
  }
  EXPECT_EQ(fixture.notes.heard, "world");
}

TEST(Connection, TakesWhatTheSessionDropsWhileOutputWaits) {
  Fixture fixture;
  fixture.notes.to_say = std::string(1'000'000, 'x');
  const auto connection = fixture.connect();
  connection->receive(bytes_of("one"), fixture.now);
  connection->pump(fixture.now);
  connection->receive(bytes_of("two"), fixture.now);
  connection->pump(fixture.now);
  EXPECT_FALSE(connection->wants_input()) << "it could cause more output";

  fixture.notes.drops_input = true;
  connection->pump(fixture.now);
  EXPECT_TRUE(connection->wants_input());
  EXPECT_EQ(fixture.notes.heard, "onetwo");
}

TEST(Connection, PassesTheShutdownOn) {
  Fixture fixture;
  const auto connection = fixture.connect();
  connection->receive(bytes_of("x"), fixture.now);
  connection->pump(fixture.now);
  connection->shut_down(fixture.now);
  EXPECT_TRUE(fixture.notes.shut_down);
}

TEST(Connection, ShutDownBeforeTheFirstByteIsOver) {
  Fixture fixture;
  fixture.first_bytes_wanted = 1;
  const auto connection = fixture.connect();
  connection->pump(fixture.now);
  connection->shut_down(fixture.now);
  EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
}

class SecureConnection : public ::testing::Test {
 protected:
  std::unique_ptr<tls::Channel> accept() {
    const auto files =
        tls::ensure_certificates(folder_.path(), {}, std::chrono::system_clock::now());
    EXPECT_TRUE(files.ok());
    const auto identity = tls::ServerIdentity::load(files.value().server, files.value().server_key,
                                                    {"h2", "http/1.1"}, tls::TicketKeys::random());
    EXPECT_TRUE(identity.ok());
    return identity.value().accept();
  }

  ScratchFolder folder_;
};

TEST_F(SecureConnection, LetsTheSessionSpeakFirstOnceTheHandshakeIsDone) {
  Fixture fixture;
  const auto connection = fixture.connect(accept());
  TlsClientOptions options;
  options.protocols = {"h2"};
  TlsClient client{options};
  ByteQueue to_client;
  ByteQueue to_server;
  for (int turn = 0; turn < 5; ++turn) {
    client.advance(to_client, to_server);
    const std::string wire = drain_to_text(to_server);
    if (!wire.empty()) connection->receive(bytes_of(wire), fixture.now);
    ASSERT_EQ(connection->pump(fixture.now), Verdict::open);
    to_client.append(bytes_of(fixture.take_output(*connection)));
  }

  EXPECT_EQ(client.heard(), "hello ");
  ASSERT_TRUE(connection->facts().tls);
  EXPECT_EQ(connection->facts().tls->alpn, "h2");
}

TEST_F(SecureConnection, AbortsOnWhatIsNeitherTlsNorText) {
  Fixture fixture;
  const auto connection = fixture.connect(accept());
  connection->receive(bytes_of("\x01\x02\x03\x04\x05\x06\x07\x08"), fixture.now);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::abort);
  EXPECT_TRUE(connection->trouble().starts_with("TLS handshake: ")) << connection->trouble();
}

TEST_F(SecureConnection, SaysInAnAlertWhatIsWrongAndTakesWhatIsStillSent) {
  using namespace std::string_view_literals;
  Fixture fixture;
  const auto connection = fixture.connect(accept());
  // A ClientHello of one byte (RFC 8446 sections 4.1.2 and 5.1).
  connection->receive(bytes_of("\x16\x03\x01\0\x05\x01\0\0\x01\0"sv), fixture.now);

  EXPECT_EQ(connection->pump(fixture.now), Verdict::finish);
  EXPECT_TRUE(connection->trouble().starts_with("TLS handshake: ")) << connection->trouble();
  constexpr char alert = 21;
  EXPECT_TRUE(fixture.take_output(*connection).starts_with(alert));
  EXPECT_TRUE(connection->output_over());
  EXPECT_TRUE(connection->wants_input()) << "what is still sent can be dropped";
}

TEST_F(SecureConnection, LetsTheSessionAnswerInCleartextWhoSpeaksNoTls) {
  Fixture fixture;
  const auto connection = fixture.connect(accept());
  for (const char* piece : {"G", "ET / HTTP/1.1\r\n\r\n"}) {
    connection->receive(bytes_of(piece), fixture.now);
    EXPECT_EQ(connection->pump(fixture.now), Verdict::open);
  }
  EXPECT_TRUE(connection->facts().missed_tls);
  EXPECT_FALSE(connection->facts().tls);
  EXPECT_EQ(fixture.take_output(*connection), "hello GET / HTTP/1.1\r\n\r\n");
}

// --- How fast a client has to read

// Takes `bytes` each second of an answer without an end; gives for how many seconds it may.
int seconds_until_cut(std::size_t bytes, std::size_t at_first = 0) {
  Fixture fixture;
  fixture.notes.to_say = std::string(10'000'000, 'x');
  const auto connection = fixture.connect();
  connection->receive(bytes_of("go"), fixture.now);
  connection->pump(fixture.now);
  const auto take = [&](std::size_t count) {
    while (count > 0) {
      const std::size_t some = std::min(count, connection->output().size());
      connection->sent(some, fixture.now);
      connection->pump(fixture.now);
      count -= some;
    }
  };
  take(at_first);
  for (int second = 1; second < 1000; ++second) {
    fixture.now += 1s;
    connection->advance(fixture.now);
    if (connection->pump(fixture.now) != Verdict::open) return second;
    take(bytes);
  }
  return 1000;
}

TEST(Connection, EndsAClientThatTakesNothingForThirtySeconds) {
  EXPECT_EQ(seconds_until_cut(0), 30);
}

TEST(Connection, EndsAClientThatDripsThoughItNeverStopsReading) {
  EXPECT_EQ(seconds_until_cut(10), 31);
  EXPECT_EQ(seconds_until_cut(250), 59) << "twice as long at half of the least rate";
}

TEST(Connection, EndsAClientThatDripsHoweverMuchItTookBefore) {
  EXPECT_EQ(seconds_until_cut(10, 5'000'000), 31);
}

TEST(Connection, LetsASlowClientRead) {
  EXPECT_EQ(seconds_until_cut(500), 1000);
}

TEST(Connection, CountsWhatTheClientsKernelAcknowledgesAsProgress) {
  Fixture fixture;
  fixture.notes.to_say = std::string(10'000'000, 'x');
  const auto connection = fixture.connect();
  connection->receive(bytes_of("go"), fixture.now);
  connection->pump(fixture.now);
  for (int round = 0; round < 10; ++round) {
    fixture.now += 29s;  // our own kernel has taken nothing
    connection->acknowledged(29 * 500, fixture.now);
    connection->advance(fixture.now);
    ASSERT_EQ(connection->pump(fixture.now), Verdict::open) << round;
  }
}

}  // namespace
}  // namespace muxlab::test
