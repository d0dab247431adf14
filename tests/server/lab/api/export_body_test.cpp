// An export that is made while it is sent: whole, and never for long at once.
#include "server/lab/api/export_body.h"

#include <gtest/gtest.h>

#include <string>

#include "common/net/event_loop.h"

namespace muxlab::test {
namespace {

using Kind = http::ReadOutcome::Kind;
using server::lab::api::ExportBody;

// So many pieces of two bytes, each of which takes its time.
trace::Pieces pieces(int count, Duration each = {}) {
  return [count, each](std::string& out) mutable {
    if (count == 0) return false;
    const Instant begun = net::EventLoop::read_clock();
    while (net::EventLoop::read_clock() - begun < each) {
    }
    out += "ab";
    --count;
    return true;
  };
}

class ExportBodyTest : public ::testing::Test {
 protected:
  ExportBody body(trace::Pieces made) {
    return ExportBody{std::move(made), [this] { return turn_; }, [this] { ++asked_; }};
  }

  // As a session does: as long as something comes.
  Kind read_turn(ExportBody& from, std::size_t room_bytes, std::string& into) {
    std::string room(room_bytes, '\0');
    for (;;) {
      const auto outcome = from.read({reinterpret_cast<std::uint8_t*>(room.data()), room.size()});
      into.append(room, 0, outcome.bytes);
      if (outcome.kind != Kind::some) return outcome.kind;
    }
  }

  Instant turn_{};
  int asked_ = 0;
};

TEST_F(ExportBodyTest, GivesAllPiecesInOrderWhateverTheRoom) {
  for (const std::size_t room : {1U, 3U, 1000U}) {
    ExportBody whole = body(pieces(7));
    std::string text;
    while (read_turn(whole, room, text) == Kind::waiting) turn_ += 1ms;
    EXPECT_EQ(text, "ababababababab") << room;
  }
}

TEST_F(ExportBodyTest, EndsWhenThereAreNone) {
  ExportBody empty = body(pieces(0));
  std::string text;
  EXPECT_EQ(read_turn(empty, 10, text), Kind::end);
  EXPECT_EQ(text, "");
}

TEST_F(ExportBodyTest, UsesUpItsTimeAndAsksForAnotherTurn) {
  ExportBody slow = body(pieces(2, 2 * server::lab::api::longest_export_turn));
  std::string text;
  EXPECT_EQ(read_turn(slow, 100, text), Kind::waiting);
  EXPECT_EQ(text, "ab");
  EXPECT_EQ(asked_, 1);

  // The session may ask again in the same turn: nothing is made.
  EXPECT_EQ(read_turn(slow, 100, text), Kind::waiting);
  EXPECT_EQ(text, "ab");
  EXPECT_EQ(asked_, 1);

  turn_ += 1ms;
  EXPECT_EQ(read_turn(slow, 100, text), Kind::waiting);
  EXPECT_EQ(text, "abab");
  EXPECT_EQ(asked_, 2);
  turn_ += 1ms;
  EXPECT_EQ(read_turn(slow, 100, text), Kind::end);
  EXPECT_EQ(text, "abab");
}

}  // namespace
}  // namespace muxlab::test
