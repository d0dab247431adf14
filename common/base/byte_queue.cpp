#include "common/base/byte_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace muxlab {

struct ByteQueue::Spare {
  // 1 MiB a thread at the most.
  static constexpr std::size_t most_blocks = 64;

  std::vector<std::unique_ptr<Block>> blocks;

  static Spare& of_this_thread() {
    thread_local Spare spare;
    return spare;
  }
};

ByteQueue::ByteQueue(ByteQueue&& other) noexcept {
  *this = std::move(other);
}

ByteQueue& ByteQueue::operator=(ByteQueue&& other) noexcept {
  if (this == &other) return *this;
  clear();
  first_ = std::move(other.first_);
  last_ = std::exchange(other.last_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

ByteQueue::~ByteQueue() {
  clear();
}

void ByteQueue::append(Bytes bytes) {
  while (!bytes.empty()) {
    const MutableBytes room = reserve(1);
    const std::size_t count = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), count, room.begin());
    commit(count);
    bytes = bytes.subspan(count);
  }
}

MutableBytes ByteQueue::reserve(std::size_t wanted) {
  assert(wanted <= block_bytes);
  Block& block = last_ != nullptr && block_bytes - last_->end >= wanted ? *last_ : add_block();
  return MutableBytes{block.bytes}.subspan(block.end);
}

void ByteQueue::commit(std::size_t written) {
  if (written == 0) {
    if (size_ == 0) clear();  // reserved in vain: give the block back
    return;
  }
  assert(last_ != nullptr && written <= block_bytes - last_->end);
  last_->end += written;
  size_ += written;
}

Bytes ByteQueue::front() const {
  std::array<Bytes, 1> piece;
  gather(piece);
  return piece[0];
}

std::size_t ByteQueue::gather(std::span<Bytes> pieces) const {
  std::size_t filled = 0;
  for (const Block* block = first_.get(); block != nullptr && filled < pieces.size();
       block = block->next.get()) {
    if (block->begin == block->end) continue;  // reserved, not yet committed
    pieces[filled++] = Bytes{block->bytes}.subspan(block->begin, block->end - block->begin);
  }
  return filled;
}

void ByteQueue::consume(std::size_t count) {
  assert(count <= size_);
  size_ -= count;
  if (size_ == 0) return clear();
  while (count > 0) {
    const std::size_t taken = std::min(count, first_->end - first_->begin);
    first_->begin += taken;
    count -= taken;
    if (first_->begin == first_->end) drop_first();
  }
}

void ByteQueue::clear() {
  while (first_) drop_first();  // one by one: a long chain must not recurse
  last_ = nullptr;
  size_ = 0;
}

ByteQueue::Block& ByteQueue::add_block() {
  std::unique_ptr<Block> block = new_block();
  Block& added = *block;
  if (last_ != nullptr) {
    last_->next = std::move(block);
  } else {
    first_ = std::move(block);
  }
  last_ = &added;
  return added;
}

std::unique_ptr<ByteQueue::Block> ByteQueue::new_block() {
  auto& spare = Spare::of_this_thread().blocks;
  // Not value-initialised: the bytes are written before they are read.
  if (spare.empty()) return std::unique_ptr<Block>{new Block};
  std::unique_ptr<Block> block = std::move(spare.back());
  spare.pop_back();
  block->begin = block->end = 0;
  return block;
}

void ByteQueue::drop_first() {
  std::unique_ptr<Block> dropped = std::move(first_);
  first_ = std::move(dropped->next);
  auto& spare = Spare::of_this_thread().blocks;
  if (spare.size() < Spare::most_blocks) spare.push_back(std::move(dropped));
}

void carry(ByteQueue& from, ByteQueue& to, std::size_t count) {
  for (count = std::min(count, from.size()); count > 0;) {
    const Bytes front = from.front();
    const Bytes piece = front.first(std::min(count, front.size()));
    to.append(piece);
    count -= piece.size();
    from.consume(piece.size());
  }
}

}  // namespace muxlab
