#include "common/link/tcp_receiver.h"

#include <algorithm>
#include <cassert>

namespace muxlab::link {
namespace {

constexpr Duration acknowledgement_delay = 40ms;  // Linux: TCP_DELACK_MIN

}  // namespace

void TcpReceiver::take(const Segment& segment, Instant now) {
  if (segment.asks_window) {
    due_now_ = true;
    return;
  }
  if (segment.length == 0) return;
  if (segment.ends) end_ = segment.end();
  if (segment.end() <= next_) {
    duplicate_ = due_now_ = true;
    quick_left_ = most_quick_acknowledgements;
    return;
  }
  last_data_ = now;
  if (segment.begin > next_) {
    // Out of order: said at once, and so is what follows (RFC 5681 section 4.2).
    duplicate_ = !insert({segment.begin, segment.end()});
    due_now_ = true;
    quick_left_ = most_quick_acknowledgements;
    return;
  }
  const std::uint64_t before = next_;
  const bool had_holes = !islands_.empty();
  next_ = segment.end();
  move_over_filled_holes();
  unsaid_bytes_ += next_ - before;

  // Every second full segment, at once while a hole is being filled or the direction ends, else
  // within 40 ms.
  const bool quick = quick_left_ > 0 && !replies_with_data_;
  if (had_holes || quick || unsaid_bytes_ > segment_bytes || has_ended()) {
    due_now_ = true;
  } else if (!delayed_until_) {
    delayed_until_ = now + acknowledgement_delay;
  }
}

// False: all of it had arrived before.
bool TcpReceiver::insert(const Range& range) {
  Range merged = range;
  bool is_new = true;
  std::erase_if(islands_, [&merged, &range, &is_new](const Range& island) {
    if (island.end < range.begin || island.begin > range.end) return false;
    if (island.begin <= range.begin && range.end <= island.end) is_new = false;
    merged.begin = std::min(merged.begin, island.begin);
    merged.end = std::max(merged.end, island.end);
    return true;
  });
  islands_.insert(islands_.begin(), merged);
  return is_new;
}

void TcpReceiver::move_over_filled_holes() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (const Range& island : islands_) {
      if (island.begin > next_ || island.end <= next_) continue;
      next_ = island.end;
      moved = true;
    }
  }
  const std::uint64_t next = next_;
  std::erase_if(islands_, [next](const Range& island) { return island.end <= next; });
}

void TcpReceiver::consume(std::uint64_t bytes) {
  assert(bytes <= waiting_bytes());
  consumed_ += bytes;
  if (window_opened()) due_now_ = true;
}

std::uint64_t TcpReceiver::window_bytes() const {
  return std::min(share_bytes_, first_window_bytes + 2 * consumed_);
}

// RFC 9293 section 3.8.6.2.2: a window that was nearly shut is told of once it is worth it.
bool TcpReceiver::window_opened() const {
  const std::uint64_t window_end = consumed_ + window_bytes();
  if (window_end <= said_window_end_) return false;
  const bool was_nearly_shut = said_window_end_ - next_ < window_bytes() / 2;
  return was_nearly_shut && window_end - said_window_end_ >=
                                std::min<std::uint64_t>(window_bytes() / 2, 2 * segment_bytes);
}

void TcpReceiver::advance(Instant now) {
  if (!delayed_until_ || now < *delayed_until_) return;
  delayed_until_.reset();
  due_now_ = true;
}

Acknowledgement TcpReceiver::acknowledge() {
  Acknowledgement said;
  said.next = next_;
  said_window_end_ = std::max(said_window_end_, consumed_ + window_bytes());
  said.window_end = said_window_end_;
  for (const Range& island : islands_) {
    if (said.block_count == Acknowledgement::most_blocks) break;
    said.blocks[said.block_count++] = island;
  }
  said.duplicate = duplicate_;
  if (unsaid_bytes_ > 0 && quick_left_ > 0) --quick_left_;
  unsaid_bytes_ = 0;
  due_now_ = duplicate_ = false;
  delayed_until_.reset();
  return said;
}

// Linux: an answer within the delay of an acknowledgement makes the connection an interactive one.
void TcpReceiver::data_sent(Instant now) {
  if (last_data_ && now - *last_data_ < acknowledgement_delay) replies_with_data_ = true;
}

}  // namespace muxlab::link
