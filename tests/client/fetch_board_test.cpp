#include "client/fetch_board.h"

#include <gtest/gtest.h>

namespace muxlab::client {
namespace {

using Outcome = Fetch::Outcome;

constexpr Instant start{};

FetchBoard board_with_objects() {
  return {{.index = "/", .objects = {{.path = "/a"}, {.path = "/b"}, {.path = "/c"}}}, start};
}

// A board whose index was answered on connection 0.
FetchBoard board_behind_its_index() {
  FetchBoard board = board_with_objects();
  const FetchId index = *board.take(0, start);
  board.answer_began(index, 200, start + 1ms);
  board.finish(index, start + 2ms);
  return board;
}

TEST(FetchBoard, GivesTheIndexFirstAndItsObjectsBehindItsEnd) {
  FetchBoard board = board_with_objects();
  EXPECT_EQ(board.waiting(), 1u);
  const FetchId index = *board.take(0, start);
  EXPECT_EQ(board[index].path, "/");
  EXPECT_FALSE(board.take(0, start));

  board.answer_began(index, 200, start + 1ms);
  board.finish(index, start + 2ms);
  EXPECT_EQ(board.waiting(), 3u);
  const FetchId first = *board.take(4, start + 3ms);
  EXPECT_EQ(board[first].path, "/a");
  EXPECT_EQ(board[first].queued, start + 2ms);
  EXPECT_EQ(board[first].sent, start + 3ms);
  EXPECT_EQ(board.under_way(4), 1u);
}

TEST(FetchBoard, AFetchThatIsPromisedWaitsForItsConnection) {
  FetchBoard board = board_behind_its_index();
  board.promise(1);
  EXPECT_TRUE(board.is_promised(1));
  EXPECT_EQ(board.waiting(), 2u);
  EXPECT_EQ(board[*board.take(0, start)].path, "/b") << "whoever is ready first";
  EXPECT_EQ(board[*board.take(1, start)].path, "/a");
  EXPECT_FALSE(board.is_promised(1));
  EXPECT_EQ(board[*board.take(1, start)].path, "/c");
}

TEST(FetchBoard, AFetchThatWasPromisedToALostConnectionWaitsAgain) {
  FetchBoard board = board_behind_its_index();
  board.promise(1);
  board.lose(1, "no luck", start);
  EXPECT_FALSE(board.is_promised(1));
  EXPECT_EQ(board.waiting(), 3u);
  EXPECT_EQ(board[*board.take(0, start)].path, "/a");
}

TEST(FetchBoard, PromisesNothingWhereNothingWaits) {
  FetchBoard board = board_with_objects();
  board.promise(0);
  board.promise(1);
  EXPECT_FALSE(board.is_promised(1));
  EXPECT_FALSE(board.take(1, start));
}

TEST(FetchBoard, IsSettledByItsLastFetchHoweverThatEnds) {
  FetchBoard board = board_behind_its_index();
  board.finish(*board.take(0, start), start + 3ms);
  board.fail(*board.take(0, start), "no luck", start + 4ms);
  EXPECT_FALSE(board.settled());
  board.fail(*board.take(0, start), "no luck", start + 5ms);
  EXPECT_TRUE(board.settled());
  EXPECT_EQ(board.settled_at(), start + 5ms);
}

TEST(FetchBoard, FindsNothingInAnIndexThatFailed) {
  FetchBoard board = board_with_objects();
  board.fail(*board.take(0, start), "no luck", start);
  EXPECT_TRUE(board.settled());
  EXPECT_EQ(board[3].trouble, "its page did not arrive");
}

TEST(FetchBoard, PutsBackBeforeAllOthersAndNotForEver) {
  FetchBoard board = board_behind_its_index();
  for (int refusal = 1; refusal < max_refusals; ++refusal) {
    const FetchId first = *board.take(0, start);
    EXPECT_EQ(board[first].path, "/a");
    board.put_back(first, "refused", start);
    EXPECT_EQ(board[first].outcome, Outcome::waiting);
  }
  const FetchId first = *board.take(0, start);
  board.put_back(first, "refused", start);
  EXPECT_EQ(board[first].outcome, Outcome::failed);
  EXPECT_EQ(board[first].trouble, "refused");
}

TEST(FetchBoard, AsksAgainOnlyWhatAProvenConnectionLostUnanswered) {
  FetchBoard board = board_behind_its_index();
  const FetchId unanswered = *board.take(0, start);
  const FetchId begun = *board.take(0, start);
  const FetchId on_a_new_one = *board.take(1, start);
  board.answer_began(begun, 200, start);
  board.lose(0, "gone", start);
  board.lose(1, "never there", start);
  EXPECT_EQ(board[unanswered].outcome, Outcome::waiting);
  EXPECT_EQ(board[begun].trouble, "gone");
  EXPECT_EQ(board[on_a_new_one].trouble, "never there");
  EXPECT_FALSE(board.takes_more(0));
  EXPECT_TRUE(board.takes_more(2));
}

TEST(FetchBoard, KeepsTheOrderOfWhatALostConnectionPutsBack) {
  FetchBoard board = board_behind_its_index();
  board.take(0, start);
  board.take(0, start);
  board.lose(0, "gone", start);
  EXPECT_EQ(board[*board.take(1, start)].path, "/a");
  EXPECT_EQ(board[*board.take(1, start)].path, "/b");
  EXPECT_EQ(board[*board.take(1, start)].path, "/c");
}

TEST(FetchBoard, AbandonsWhatWaits) {
  FetchBoard board = board_behind_its_index();
  const FetchId under_way = *board.take(0, start);
  board.abandon("no use", start);
  EXPECT_EQ(board[2].trouble, "no use");
  EXPECT_EQ(board[under_way].outcome, Outcome::under_way);
  EXPECT_FALSE(board.settled());
}

}  // namespace
}  // namespace muxlab::client
