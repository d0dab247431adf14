// Bytes in order, in at one end and out at the other, held in blocks of one TLS record's size.
// An empty queue owns no memory: an idle connection costs no buffer.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "common/base/bytes.h"

namespace muxlab {

class ByteQueue {
 public:
  // The most plaintext one TLS record may carry (RFC 8446 section 5.1), so that a full block is
  // sealed as one full record.
  static constexpr std::size_t block_bytes = 16384;

  ByteQueue() = default;
  ByteQueue(ByteQueue&& other) noexcept;
  ByteQueue& operator=(ByteQueue&& other) noexcept;
  ~ByteQueue();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void append(Bytes bytes);

  // Room behind the last byte, at least `wanted` bytes of it in one piece (at most block_bytes may
  // be asked for). What was written there counts once it is committed; until then the queue is
  // unchanged.
  MutableBytes reserve(std::size_t wanted);
  void commit(std::size_t written);

  // The first bytes that lie in one piece; empty only when the queue is.
  Bytes front() const;

  // The first bytes in up to pieces.size() pieces, for a gathered write. Gives how many it filled.
  std::size_t gather(std::span<Bytes> pieces) const;

  // Drops the first `count` bytes; there must be that many.
  void consume(std::size_t count);
  void clear();

 private:
  struct Block {
    std::unique_ptr<Block> next;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::array<std::uint8_t, block_bytes> bytes;
  };

  // Blocks that are free, a few for each thread: a busy connection takes and gives one each turn.
  struct Spare;

  Block& add_block();
  static std::unique_ptr<Block> new_block();
  void drop_first();

  std::unique_ptr<Block> first_;
  Block* last_ = nullptr;
  std::size_t size_ = 0;
};

// Moves the first `count` bytes, or all if there are fewer, behind the last ones of `to`.
void carry(ByteQueue& from, ByteQueue& to, std::size_t count);

}  // namespace muxlab
