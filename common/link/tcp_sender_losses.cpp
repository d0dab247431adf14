// The part of TcpSender that finds what is lost and recovers from it, and keeps the window right.
#include <algorithm>
#include <utility>

#include "common/link/tcp_sender.h"

namespace muxlab::link {
namespace {

// RFC 8985 section 6.2: so many sacked packets, and reordering is no longer given time.
constexpr std::uint32_t duplicate_threshold = 3;

}  // namespace

void TcpSender::change_state(AckedSoFar& acked, Instant now) {
  const bool recovered = acknowledged_ >= recovery_end_;
  if (state_ == State::recovery && recovered) {
    window_.set(window_.threshold());
    used_since_ = now;
    state_ = State::open;
  }
  if (state_ == State::loss) {
    if (timeout_was_in_vain(acked)) {
      undo_timeout(now);
    } else if (recovered) {
      state_ = State::open;
    }
  }
  // Unless something more was delivered nothing can be known to be lost (Linux: rack.advanced).
  if (std::exchange(delivered_more_, false)) find_losses(now, acked);
  if (lost_ == 0) return;
  const bool again = state_ == State::loss && acked.lost_again;
  if (state_ == State::open || again) enter_recovery();
}

// RFC 5682 section 3: the first acknowledgement behind a timeout lets new segments out instead of
// retransmissions. What they find tells whether the timeout was in vain. So does the timestamp of
// what was sent before the first retransmission (RFC 3522).
bool TcpSender::timeout_was_in_vain(const AckedSoFar& acked) {
  if (acked.advanced && retransmitting_since_ && acked.echo < *retransmitting_since_) return true;
  if (!doubting_timeout_) return false;
  if (acked.original_delivered) return true;
  const bool new_was_sent = next_ > recovery_end_;
  if (new_was_sent) {
    if (acked.sacked || !acked.advanced) doubting_timeout_ = send_new_first_ = false;
  } else if (acked.advanced && acknowledged_ < recovery_end_) {
    send_new_first_ = doubting_timeout_ = unsent_bytes() > 0 && window_end_ > next_;
    recovery_end_ = next_;
  }
  return false;
}

void TcpSender::undo_timeout(Instant now) {
  window_.restore(window_before_timeout_, threshold_before_timeout_);
  for (Outstanding& each : outstanding_) each.lost = false;
  lost_ = to_retransmit_ = 0;
  timeouts_ = 0;
  used_since_ = now;
  delivered_more_ = true;
  state_ = State::open;
  doubting_timeout_ = send_new_first_ = false;
  retransmitting_since_.reset();
}

// RFC 8985 section 6.2, step 4: what was sent before something that has been delivered, and for
// long enough.
void TcpSender::find_losses(Instant now, AckedSoFar& acked) {
  reordering_due_.reset();
  if (delivered_end_ == 0) return;
  const Duration patience = delivered_round_trip_ + reordering_window();
  for (Outstanding& each : outstanding_) {
    if (each.sacked || (each.lost && !each.retransmitted)) continue;
    const bool sent_before =
        each.segment.sent_at < delivered_sent_at_ ||
        (each.segment.sent_at == delivered_sent_at_ && each.segment.end() < delivered_end_);
    if (!sent_before) {
      if (!each.ever_retransmitted) break;  // and all behind it were sent later still
      continue;
    }
    const Instant due = each.segment.sent_at + patience;
    if (due <= now) {
      mark_lost(each, acked);
    } else {
      reordering_due_ = std::max(reordering_due_.value_or(due), due);
    }
  }
}

Duration TcpSender::reordering_window() const {
  if (state_ != State::open || sacked_ >= duplicate_threshold) return Duration::zero();
  return std::min(round_trip_.least() / 4, round_trip_.smoothed());
}

void TcpSender::mark_lost(Outstanding& segment, AckedSoFar& acked) {
  if (segment.lost && !segment.retransmitted) return;
  ++to_retransmit_;
  ++acked.newly_lost;
  if (segment.retransmitted) {
    segment.retransmitted = false;
    --retransmitted_;
    acked.lost_again = true;
  }
  if (!segment.lost) {
    segment.lost = true;
    ++lost_;
  }
}

void TcpSender::enter_recovery() {
  retransmitting_since_.reset();
  window_before_recovery_ = window_.packets();
  window_.lower_threshold();
  delivered_in_recovery_ = sent_in_recovery_ = 0;
  recovery_end_ = next_;
  state_ = State::recovery;
  doubting_timeout_ = send_new_first_ = false;
  probe_end_.reset();
}

void TcpSender::enter_loss(Instant now) {
  if (state_ == State::open || (state_ == State::loss && timeouts_ == 0)) {
    window_before_timeout_ = window_.packets();
    threshold_before_timeout_ = window_.remembered_threshold();
    window_.lower_threshold();
    // A probe's copy may be under way still.
    if (retransmitted_ == 0) retransmitting_since_.reset();
  }
  window_.timed_out(now, next_);
  used_since_ = now;
  AckedSoFar ignored;
  for (Outstanding& each : outstanding_) {
    if (each.sacked) continue;
    // What was sent a moment ago may well arrive (RFC 8985 section 6.3).
    const bool first = &each == &outstanding_.front();
    const bool recent = delivered_end_ != 0 && each.segment.sent_at + delivered_round_trip_ > now;
    if (first || !recent) mark_lost(each, ignored);
  }
  doubting_timeout_ = state_ == State::open || timeouts_ > 0;
  send_new_first_ = false;
  state_ = State::loss;
  recovery_end_ = next_;
  window_.set(in_flight_packets() + 1);
  probe_end_.reset();
}

// --- The window

// RFC 6937: for each packet delivered, send so many that the window ends at the threshold.
void TcpSender::reduce_window(std::uint32_t acked, std::uint32_t newly_lost, bool advanced) {
  if (acked == 0) return;
  delivered_in_recovery_ += acked;
  const auto in_flight = static_cast<std::int64_t>(in_flight_packets());
  const auto threshold = static_cast<std::int64_t>(window_.threshold());
  const auto delivered = static_cast<std::int64_t>(delivered_in_recovery_);
  const auto sent = static_cast<std::int64_t>(sent_in_recovery_);
  const auto before = static_cast<std::int64_t>(window_before_recovery_);
  std::int64_t more = 0;
  if (in_flight > threshold) {
    more = (threshold * delivered + before - 1) / before - sent;
  } else {
    more = std::max<std::int64_t>(delivered - sent, acked);
    if (advanced && newly_lost == 0) ++more;
    more = std::min(threshold - in_flight, more);
  }
  more = std::max<std::int64_t>(more, sent > 0 ? 0 : 1);
  window_.set(static_cast<std::uint32_t>(in_flight + more));
}

// Linux: tcp_is_cwnd_limited. Slow start may grow to twice what was out.
bool TcpSender::is_window_limited() const {
  return window_limits_ || (window_.in_slow_start() && window_.packets() < 2 * most_out_);
}

// Linux: tcp_cwnd_validate. Once a round it is noted anew whether the window was the limit; a
// sender that had less to say, and of whom nothing was acknowledged, for a whole timeout gives up
// half of what it did not use.
void TcpSender::validate_window(bool limited, Instant now) {
  if (acknowledged_ >= usage_round_end_ || limited || (!window_limits_ && out_ > most_out_)) {
    window_limits_ = limited;
    most_out_ = out_;
    usage_round_end_ = next_;
  }
  if (is_window_limited()) {
    used_packets_ = 0;
    used_since_ = now;
    return;
  }
  used_packets_ = std::max(used_packets_, out_);
  if (now - used_since_ < timeout()) return;
  used_since_ = now;
  if (state_ != State::open || sacked_ > 0) return;
  const std::uint32_t used = std::max(used_packets_, CongestionWindow::initial_packets);
  if (used < window_.packets()) {
    window_.remember_before_shrinking();
    window_.set((window_.packets() + used) / 2);
  }
  used_packets_ = 0;
}

// RFC 5681 section 4.1: after a pause the window begins anew, halved for each timeout that passed.
// It makes no difference who paused: whoever writes, or the receiver with its window shut.
void TcpSender::begin_after_pause(Instant now) {
  if (last_sent_ == Instant{Duration::min()}) return;
  Duration pause = now - last_sent_;
  window_.paused(pause, now);
  const Duration wait = timeout();
  if (pause <= wait) return;
  window_.remember_before_shrinking();
  const std::uint32_t least = std::min(CongestionWindow::initial_packets, window_.packets());
  std::uint32_t packets = window_.packets();
  for (pause -= wait; pause > Duration::zero() && packets > least; pause -= wait) packets /= 2;
  window_.set(std::max(packets, least));
  used_since_ = now;
  used_packets_ = 0;
}

}  // namespace muxlab::link
