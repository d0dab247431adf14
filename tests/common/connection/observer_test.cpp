// What an observer of a connection is told, over a simulated line and without one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/connection/connection.h"
#include "common/link/simulated_link.h"
#include "common/tls/client_identity.h"
#include "common/tls/plain_channel.h"
#include "tests/support/quiet_observer.h"
#include "tests/support/tls_connection.h"

namespace muxlab::test {
namespace {

using connection::Connection;

// Says its answer once it has heard anything, and is done when the client is.
class OneAnswer final : public http::Session {
 public:
  explicit OneAnswer(std::size_t bytes) : answer_(bytes, 'a') {}
  Status receive(Bytes, Instant) override {
    heard_ = true;
    return Done{};
  }
  bool wants_input() const override { return true; }
  void input_ended(Instant) override { finished_ = true; }
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant) override {
    if (!heard_) return 0;
    const std::string part = answer_.substr(0, limit);
    answer_.erase(0, part.size());
    out.append(bytes_of(part));
    return part.size();
  }
  void advance(Instant) override {}
  std::optional<Instant> next_event() const override { return std::nullopt; }
  void shut_down(Instant) override { finished_ = true; }
  bool finished() const override { return finished_; }

 private:
  std::string answer_;
  bool heard_ = false;
  bool finished_ = false;
};

struct Piece {
  std::string text;
  Instant sent;
  Instant received;
  std::uint64_t wire_end;
};

class Notes final : public QuietObserver {
 public:
  void opened(const ConnectionFacts& facts, Instant at) override {
    id = facts.id;
    opened_at = at;
  }
  void secured(const TlsFacts& facts, Instant ready, Instant at) override {
    version = facts.version;
    ready_at = ready;
    secured_at = at;
  }
  void plaintext(const PlaintextPiece& piece) override {
    auto& pieces = piece.direction == Direction::up ? up : down;
    pieces.push_back(
        {std::string{text_of(piece.bytes)}, piece.sent, piece.received, piece.wire_end});
  }
  void landed(std::uint64_t wire_bytes, Instant at) override {
    landed_bytes = wire_bytes;
    landed_at = at;
  }
  void ended(EndedBy by, std::string_view why, Instant) override {
    ends.push_back(std::string{name_of(by)} + ": " + std::string{why});
  }

  std::uint64_t id = 0;
  Instant opened_at{}, ready_at{}, secured_at{}, landed_at{};
  std::string version;
  std::vector<Piece> up, down;
  std::uint64_t landed_bytes = 0;
  std::vector<std::string> ends;
};

class Observer : public TlsTest {
 protected:
  std::unique_ptr<Connection> connect(std::unique_ptr<tls::Channel> channel,
                                      std::unique_ptr<link::Link> link) {
    ConnectionFacts facts;
    facts.id = 17;
    return std::make_unique<Connection>(std::move(channel), std::move(facts), choose_,
                                        connection::Limits{}, now_, std::move(link), &notes_);
  }

  // Steps the line, and with it the connection, until nothing is left to happen.
  void run(link::Line& line, Connection& connection) {
    while (const auto next = line.next_event()) {
      now_ = std::max(now_, *next);
      line.advance(now_);
      connection.pump(now_);
      connection.sent(connection.output().size(), now_);
    }
  }

  Instant now_{};
  Notes notes_;
  std::size_t answer_bytes_ = 5;
  connection::SessionChooser choose_ = [this](const ConnectionFacts&, Bytes, Instant) {
    return std::make_unique<OneAnswer>(answer_bytes_);
  };
};

TEST_F(Observer, HearsBothDirectionsOnceTheyAreOpen) {
  const auto connection =
      connect(std::make_unique<tls::PlainChannel>(), std::make_unique<link::DirectLink>());
  connection->receive(bytes_of("hello"), now_);
  connection->pump(now_);
  EXPECT_EQ(notes_.id, 17u);
  ASSERT_EQ(notes_.up.size(), 1u);
  EXPECT_EQ(notes_.up[0].text, "hello");
  EXPECT_EQ(notes_.up[0].wire_end, 5u);
  ASSERT_EQ(notes_.down.size(), 1u);
  EXPECT_EQ(notes_.down[0].text, "aaaaa");
  EXPECT_EQ(notes_.landed_bytes, 0u);
  connection->sent(5, now_ + 3ms);
  EXPECT_EQ(notes_.landed_bytes, 5u);
  EXPECT_EQ(notes_.landed_at, now_ + 3ms);
}

TEST_F(Observer, KnowsWhenTheClientSentAndWhenItLanded) {
  link::LineProfile profile;
  profile.rtt = 100ms;
  const auto line = std::make_shared<link::Line>(profile);
  const auto connection = connect(std::make_unique<tls::PlainChannel>(),
                                  std::make_unique<link::SimulatedLink>(line, now_));
  now_ += 7ms;
  connection->receive(bytes_of("hello"), now_);
  run(*line, *connection);
  ASSERT_EQ(notes_.up.size(), 1u);
  EXPECT_EQ(notes_.up[0].sent, Instant{} + 7ms);
  EXPECT_EQ(notes_.up[0].received, Instant{} + 150ms);  // the handshake, and half a round trip
  ASSERT_EQ(notes_.down.size(), 1u);
  EXPECT_EQ(notes_.down[0].sent, Instant{} + 150ms);
  EXPECT_EQ(notes_.landed_at, Instant{} + 200ms);
  EXPECT_EQ(notes_.landed_bytes, notes_.down[0].wire_end);
}

TEST_F(Observer, IsToldWhereEachRecordEndsOnTheWire) {
  answer_bytes_ = 40'000;
  auto ours = identity(tls::TicketKeys::random(), {"http/1.1"});
  auto theirs = tls::ClientIdentity::make(files().authority, {"http/1.1"});
  ASSERT_TRUE(theirs.ok());
  const auto connection = connect(ours.accept(), std::make_unique<link::DirectLink>());
  const auto client = theirs.value().connect("localhost");

  std::uint64_t wire_down = 0;
  std::string got;
  ByteQueue to_server;
  ByteQueue to_client;
  bool asked = false;
  for (int turn = 0; turn < 20; ++turn) {
    std::array<std::uint8_t, 65536> room;
    const auto opened = client->open(to_client, room, to_server);
    ASSERT_TRUE(opened.ok());
    got.append(text_of(Bytes{room}.first(opened.value())));
    if (client->state() == tls::Channel::State::open && !std::exchange(asked, true)) {
      ByteQueue question;
      question.append(bytes_of("?"));
      ASSERT_TRUE(client->seal(question, to_server, 16384).ok());
    }
    while (!to_server.empty()) {
      connection->receive(to_server.front(), now_);
      to_server.consume(to_server.front().size());
      connection->pump(now_);
    }
    connection->pump(now_);
    while (!connection->output().empty()) {
      const Bytes front = connection->output().front();
      to_client.append(front);
      wire_down += front.size();
      connection->sent(front.size(), now_);
    }
  }
  EXPECT_EQ(got.size(), answer_bytes_);
  EXPECT_EQ(notes_.version, "TLSv1.3");
  std::size_t plaintext = 0;
  for (const Piece& record : notes_.down) {
    EXPECT_LE(record.text.size(), 16384u);
    plaintext += record.text.size();
  }
  EXPECT_EQ(plaintext, answer_bytes_);
  EXPECT_EQ(notes_.down.back().wire_end, wire_down);
  EXPECT_EQ(notes_.landed_bytes, wire_down);
  EXPECT_GT(wire_down, answer_bytes_ + 1000);  // certificate and all
}

TEST_F(Observer, IsToldOnceWhoEndedIt) {
  auto connection =
      connect(std::make_unique<tls::PlainChannel>(), std::make_unique<link::DirectLink>());
  connection->receive(bytes_of("hello"), now_);
  connection->pump(now_);
  connection->sent(5, now_);
  connection->input_ended(now_);
  connection->pump(now_);
  connection->pump(now_);
  EXPECT_EQ(notes_.ends, std::vector<std::string>{"client: "});

  notes_.ends.clear();
  connection = connect(std::make_unique<tls::PlainChannel>(), std::make_unique<link::DirectLink>());
  connection->receive(bytes_of("hello"), now_);
  connection->pump(now_);
  connection->shut_down(now_);
  connection->pump(now_);
  EXPECT_EQ(notes_.ends, std::vector<std::string>{"server: "});

  notes_.ends.clear();
  connection = connect(std::make_unique<tls::PlainChannel>(), std::make_unique<link::DirectLink>());
  connection->input_reset(now_);
  connection->pump(now_);
  EXPECT_EQ(notes_.ends, std::vector<std::string>{"client: the peer has reset the connection"});
}

}  // namespace
}  // namespace muxlab::test
