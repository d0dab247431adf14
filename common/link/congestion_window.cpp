#include "common/link/congestion_window.h"

#include <algorithm>

namespace muxlab::link {
namespace {

// RFC 5681 section 3.1.
constexpr std::uint32_t least_threshold = 2;

}  // namespace

CongestionWindow::CongestionWindow(CongestionControl kind) {
  if (kind == CongestionControl::cubic) algorithm_.emplace<Cubic>();
}

void CongestionWindow::grow(std::uint32_t acked, const CubicRound& round) {
  grow_by(acked, round);
  packets_ = std::min(packets_, most_packets);
}

void CongestionWindow::acknowledged(const CubicRound& round) {
  Cubic* const cubic = std::get_if<Cubic>(&algorithm_);
  if (cubic == nullptr) return;
  cubic->note_round_trip(round);
  if (in_slow_start() && cubic->slow_start_should_end(round, packets_)) threshold_ = packets_;
}

void CongestionWindow::grow_by(std::uint32_t acked, const CubicRound& round) {
  Cubic* const cubic = std::get_if<Cubic>(&algorithm_);
  if (in_slow_start()) {
    const std::uint32_t grown = std::min(packets_ + acked, std::max(threshold_, packets_));
    acked -= grown - packets_;
    packets_ = grown;
    if (acked == 0) return;
  }
  grow_by_one_each(cubic != nullptr ? cubic->packets_each(packets_, acked, round) : packets_,
                   acked);
}

// One packet more for each `packets_each` acknowledged (Linux: tcp_cong_avoid_ai).
void CongestionWindow::grow_by_one_each(std::uint32_t packets_each, std::uint32_t acked) {
  if (acked_since_growth_ >= packets_each) {
    acked_since_growth_ = 0;
    ++packets_;
  }
  acked_since_growth_ += acked;
  if (acked_since_growth_ >= packets_each) {
    const std::uint32_t more = acked_since_growth_ / packets_each;
    acked_since_growth_ -= more * packets_each;
    packets_ += more;
  }
}

void CongestionWindow::lower_threshold() {
  Cubic* const cubic = std::get_if<Cubic>(&algorithm_);
  const std::uint32_t lower = cubic != nullptr ? cubic->window_after_loss(packets_) : packets_ / 2;
  threshold_ = std::max(lower, least_threshold);
  acked_since_growth_ = 0;
}

void CongestionWindow::timed_out(Instant now, std::uint64_t sent) {
  acked_since_growth_ = 0;
  if (Cubic* const cubic = std::get_if<Cubic>(&algorithm_)) *cubic = Cubic{now, sent};
}

void CongestionWindow::restore(std::uint32_t packets, std::uint32_t threshold) {
  packets_ = std::max(packets_, packets);
  threshold_ = std::max(threshold_, threshold);
}

void CongestionWindow::paused(Duration duration, Instant now) {
  if (Cubic* const cubic = std::get_if<Cubic>(&algorithm_)) cubic->paused(duration, now);
}

}  // namespace muxlab::link
