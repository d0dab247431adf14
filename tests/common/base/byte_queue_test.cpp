#include "common/base/byte_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

namespace muxlab::test {
namespace {

std::string numbered(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + i * 7 % 26);
  return text;
}

std::string take_all(ByteQueue& queue) {
  std::string text;
  while (!queue.empty()) {
    text.append(text_of(queue.front()));
    queue.consume(queue.front().size());
  }
  return text;
}

TEST(ByteQueue, GivesBackWhatWasAppendedInOrder) {
  ByteQueue queue;
  const std::string text = numbered(3 * ByteQueue::block_bytes + 5);
  queue.append(bytes_of(text));

  EXPECT_EQ(queue.size(), text.size());
  EXPECT_EQ(take_all(queue), text);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, CountsReservedRoomOnlyOnceItIsCommitted) {
  ByteQueue queue;
  queue.append(bytes_of("abc"));
  const MutableBytes room = queue.reserve(100);
  ASSERT_GE(room.size(), 100U);
  room[0] = 'd';
  EXPECT_EQ(queue.size(), 3U);
  queue.commit(1);

  EXPECT_EQ(take_all(queue), "abcd");
}

TEST(ByteQueue, ReservesInOnePieceEvenAtTheEndOfABlock) {
  ByteQueue queue;
  queue.append(bytes_of(numbered(ByteQueue::block_bytes - 10)));
  EXPECT_GE(queue.reserve(11).size(), 11U);
  EXPECT_EQ(queue.reserve(ByteQueue::block_bytes).size(), ByteQueue::block_bytes);
}

TEST(ByteQueue, IsNotDisturbedByAReservationThatIsNotUsed) {
  ByteQueue queue;
  queue.append(bytes_of("abc"));
  queue.reserve(ByteQueue::block_bytes);
  queue.commit(0);
  queue.append(bytes_of("def"));

  EXPECT_EQ(take_all(queue), "abcdef");
}

TEST(ByteQueue, GathersItsPiecesWithoutTakingThem) {
  ByteQueue queue;
  const std::string text = numbered(2 * ByteQueue::block_bytes);
  queue.append(bytes_of(text));
  std::array<Bytes, 4> pieces;
  const std::size_t used = queue.gather(pieces);

  ASSERT_EQ(used, 2U);
  EXPECT_EQ(std::string{text_of(pieces[0])} + std::string{text_of(pieces[1])}, text);
  EXPECT_EQ(queue.size(), text.size());
}

TEST(ByteQueue, LeavesNothingBehindWhenMoved) {
  ByteQueue from;
  from.append(bytes_of("abc"));
  ByteQueue to = std::move(from);

  EXPECT_EQ(take_all(to), "abc");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  from.append(bytes_of("again"));
  EXPECT_EQ(take_all(from), "again");
}

TEST(ByteQueue, DropsAVeryLongChainWithoutRecursion) {
  ByteQueue queue;
  const std::string block = numbered(ByteQueue::block_bytes);
  for (int i = 0; i < 20'000; ++i) queue.append(bytes_of(block));
  queue.clear();
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, KeepsEveryByteThroughAnyMixOfCalls) {
  std::mt19937 random{7};
  ByteQueue queue;
  std::string expected;
  for (int step = 0; step < 5'000; ++step) {
    if (random() % 2 == 0) {
      const std::string text = numbered(random() % 9'000);
      queue.append(bytes_of(text));
      expected += text;
    } else {
      const std::size_t count = std::min<std::size_t>(queue.front().size(), random() % 20'000);
      ASSERT_EQ(text_of(queue.front().first(count)), expected.substr(0, count));
      queue.consume(count);
      expected.erase(0, count);
    }
    ASSERT_EQ(queue.size(), expected.size());
  }
  EXPECT_EQ(take_all(queue), expected);
}

}  // namespace
}  // namespace muxlab::test
