#include "common/link/tcp_receiver.h"

#include <algorithm>
#include <cassert>

#include "common/link/kernel_ticks.h"

namespace muxlab::link {
namespace {

constexpr Duration acknowledgement_delay = 40ms;  // Linux: TCP_DELACK_MIN

// Linux: of segments behind one hole the first three are said at once, for they decide whether it
// is a loss; later ones together, as many as come within a twentieth of the round trip or 1 ms
// (tcp_comp_sack_delay_ns).
constexpr int out_of_order_said_at_once = 3;
constexpr Duration longest_compression = 1ms;

}  // namespace

// Linux: tcp_enter_quickack_mode.
void TcpReceiver::acknowledge_quickly() {
  due_now_ = true;
  quick_left_ = most_quick_acknowledgements;
  replies_with_data_ = false;
}

void TcpReceiver::acknowledge_out_of_order(Instant now, const Path& path) {
  if (is_quick() || out_of_order_said_ < out_of_order_said_at_once) {
    ++out_of_order_said_;
    due_now_ = true;
  } else if (!held_with_others_) {
    held_until_ = now + std::min(path.round_trip / 20, longest_compression);
    held_with_others_ = true;
  }
}

void TcpReceiver::take(const Segment& segment, Instant now, const Path& path) {
  if (segment.asks_window) {
    due_now_ = true;
    return;
  }
  if (segment.ends) end_ = segment.end();
  if (segment.begin <= said_next_) echo_ = segment.sent_at;
  if (segment.end() <= next_) {
    duplicate_ = true;
    return acknowledge_quickly();
  }
  // Behind a pause the sender begins anew (tcp_event_data_recv).
  if (last_data_ && now - *last_data_ > path.timeout) quick_left_ = most_quick_acknowledgements;
  last_data_ = now;
  if (segment.begin > next_) {
    // Out of order (RFC 5681 section 4.2).
    duplicate_ = !insert({segment.begin, segment.end()});
    return duplicate_ ? acknowledge_quickly() : acknowledge_out_of_order(now, path);
  }
  const std::uint64_t before = next_;
  const bool had_holes = !islands_.empty();
  next_ = segment.end();
  move_over_filled_holes();
  out_of_order_said_ = 0;
  unsaid_bytes_ += next_ - before;
  const bool small = segment.payload_bytes() < segment_bytes;
  if (small && pushed_) pushed_twice_ = true;
  pushed_ = pushed_ || segment.pushed || small;

  // Every second full segment, at once when the last hole is filled or the direction ends, else
  // within 40 ms.
  const bool filled = had_holes && islands_.empty();
  if (filled || is_quick() || unsaid_bytes_ > segment_bytes || has_ended()) {
    due_now_ = true;
  } else if (had_holes) {
    acknowledge_out_of_order(now, path);
  } else if (!held_until_) {
    held_until_ = timer_fires(now, acknowledgement_delay);
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
  // Who reads to the end of what was pushed, and has no reply to make, acknowledges it; a second
  // small segment is acknowledged in any case (tcp_cleanup_rbuf).
  const bool pushed = pushed_twice_ || (pushed_ && !replies_with_data_);
  if (window_opened() || (pushed && waiting_bytes() == 0 && unsaid_bytes_ > 0)) due_now_ = true;
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
  if (!held_until_ || now < *held_until_) return;
  held_until_.reset();
  due_now_ = true;
  // The reply that it was held for did not come (tcp_delack_timer_handler).
  if (!held_with_others_) replies_with_data_ = false;
}

void TcpReceiver::acknowledge(Acknowledgement& said) {
  said.next = said_next_ = next_;
  said.echo = echo_;
  said_window_end_ = std::max(said_window_end_, consumed_ + window_bytes());
  said.window_end = said_window_end_;
  for (const Range& island : islands_) {
    if (said.block_count == Acknowledgement::most_blocks) break;
    said.blocks[said.block_count++] = island;
  }
  said.duplicate = duplicate_;
  if (unsaid_bytes_ > 0 && quick_left_ > 0) --quick_left_;
  unsaid_bytes_ = 0;
  due_now_ = duplicate_ = pushed_ = pushed_twice_ = false;
  held_until_.reset();
  held_with_others_ = false;
}

// Linux: an answer within the delay of an acknowledgement makes the connection an interactive one.
void TcpReceiver::data_sent(Instant now) {
  if (last_data_ && now - *last_data_ < acknowledgement_delay) replies_with_data_ = true;
}

}  // namespace muxlab::link
