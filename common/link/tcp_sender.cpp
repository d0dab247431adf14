#include "common/link/tcp_sender.h"

#include <algorithm>
#include <cassert>

#include "common/base/pulled_late.h"
#include "common/link/kernel_ticks.h"

namespace muxlab::link {
namespace {

// Linux: TCP_TIMEOUT_MIN_US, what the timers behind a probe and behind reordering are given; a
// probe behind a single packet waits for the receiver's delayed acknowledgement instead
// (tcp_rto_min).
constexpr Duration timer_slack = 2ms;
constexpr Duration probe_wait_for_delayed_ack = 200ms;

constexpr int most_backoff = 15;  // Linux: tcp_retries2

}  // namespace

TcpSender::TcpSender(CongestionControl kind) : window_(kind) {}

void TcpSender::established(std::optional<Duration> round_trip, bool handshake_lost_twice,
                            std::uint64_t window_end, Instant now) {
  if (round_trip) round_trip_.measured(*round_trip, false);
  if (handshake_lost_twice) window_.set(1);  // Linux: tcp_init_transfer
  window_end_ = window_end;
  used_since_ = now;
}

// --- Writing

std::uint32_t TcpSender::window_room() const {
  const std::uint32_t in_flight = in_flight_packets();
  return in_flight < window_.packets() ? window_.packets() - in_flight : 0;
}

std::uint64_t TcpSender::can_leave_bytes() const {
  const std::uint64_t allowed = window_end_ > next_ ? window_end_ - next_ : 0;
  return std::min<std::uint64_t>(std::uint64_t{window_room()} * segment_bytes, allowed);
}

std::uint64_t TcpSender::room() const {
  if (ended_) return 0;
  const std::uint64_t can_leave = can_leave_bytes();
  const std::uint64_t unsent = unsent_bytes();
  if (unsent > can_leave + sender_takes_more_below_bytes) return 0;
  return can_leave + unsent_ahead_bytes - unsent;
}

void TcpSender::write(std::uint64_t bytes) {
  assert(!ended_);
  written_ += bytes;
}

void TcpSender::end() {
  ended_ = true;
}

// --- Sending

std::optional<Segment> TcpSender::next_segment(Instant now) {
  if (out_ == 0 && next_ < std::min(written_end(), window_end_)) begin_after_pause(now);
  std::optional<Segment> segment;
  if (probe_wanted_ || window_probe_wanted_) segment = probe_segment(now);
  if (!segment && window_room() > 0) {
    if (to_retransmit_ > 0 && !send_new_first_) segment = retransmission(now);
    if (!segment) segment = new_segment(now);
  }
  if (segment) {
    if (segment->length > 0) last_sent_ = now;
    note_sent(now);
    return segment;
  }
  const bool limited = window_room() == 0;
  if (sent_in_turn_ || (limited && unsent_bytes() > 0)) validate_window(limited, now);
  sent_in_turn_ = false;
  if (timer_ == Timer::none && unsent_bytes() > 0) arm_timer(now);  // the receiver's window is shut
  return std::nullopt;
}

std::optional<Segment> TcpSender::retransmission(Instant now) {
  for (Outstanding& each : outstanding_) {
    if (!each.lost || each.retransmitted) continue;
    ++retransmitted_;
    --to_retransmit_;
    note_retransmission(each, now);
    // Linux: tcp_xmit_retransmit_queue. The timer is that of the first segment.
    if (&each == &outstanding_.front() && timer_ != Timer::reordering) arm_retransmission(now);
    return each.segment;
  }
  return std::nullopt;
}

void TcpSender::note_retransmission(Outstanding& segment, Instant now) {
  segment.retransmitted = segment.ever_retransmitted = true;
  segment.segment.sent_at = now;
  segment.segment.retransmission = true;
  if (!retransmitting_since_) retransmitting_since_ = now;
}

std::optional<Segment> TcpSender::new_segment(Instant now) {
  const std::uint64_t end = std::min({written_end(), window_end_, next_ + segment_bytes});
  if (end <= next_) return std::nullopt;
  Outstanding sent;
  sent.segment = {.begin = next_,
                  .length = static_cast<std::uint32_t>(end - next_),
                  .ends = end > written_,
                  .pushed = end >= written_,
                  .ordinal = ++segments_,
                  .sent_at = now};
  next_ = end;
  ++out_;
  outstanding_.push_back(sent);
  return sent.segment;
}

// The tail loss probe sends what is new, else the last segment again; it asks no window. Behind a
// closed window an empty segment asks whether it has opened.
std::optional<Segment> TcpSender::probe_segment(Instant now) {
  if (window_probe_wanted_) {
    window_probe_wanted_ = false;
    return Segment{.begin = next_, .asks_window = true};
  }
  if (!probe_wanted_) return std::nullopt;
  probe_wanted_ = false;
  std::optional<Segment> probe = new_segment(now);
  probe_was_retransmission_ = !probe;
  if (!probe) {
    const auto last = std::find_if(outstanding_.rbegin(), outstanding_.rend(),
                                   [](const Outstanding& each) { return !each.sacked; });
    if (last == outstanding_.rend()) return std::nullopt;
    if (!last->retransmitted) ++retransmitted_;
    if (last->lost && !last->retransmitted) --to_retransmit_;
    note_retransmission(*last, now);
    probe = last->segment;
  }
  probe_end_ = next_;
  return probe;
}

void TcpSender::note_sent(Instant now) {
  if (state_ == State::recovery) ++sent_in_recovery_;
  sent_in_turn_ = true;
  if (timer_ == Timer::none || timer_ == Timer::loss_probe || timer_ == Timer::closed_window) {
    arm_timer(now, until_timeout(now));
  }
}

// --- Acknowledgements

void TcpSender::acknowledged(const Acknowledgement& acknowledgement, Instant now) {
  window_end_ = std::max(window_end_, acknowledgement.window_end);
  if (outstanding_.empty()) {
    if (timer_ == Timer::closed_window && window_end_ > next_) {
      backoff_ = 0;
      stop_timer();
    }
    return;
  }
  AckedSoFar acked;
  acked.echo = acknowledgement.echo;
  take_cumulative(acknowledgement.next, now, acked);
  take_blocks(acknowledgement, now, acked);
  // What came twice was delivered too (Linux: tcp_dsack_seen).
  if (acknowledgement.duplicate) ++acked.packets;
  measure(acked, now);
  if (acked.advanced) timeouts_ = 0;
  const CubicRound round{.now = now,
                         .round_trip = acked.newest_round_trip.value_or(Duration::zero()),
                         .acknowledged = acknowledged_,
                         .sent = next_};
  window_.acknowledged(round);
  if (probe_end_) take_probe_answer(acknowledgement, acked.advanced || acked.sacked);
  change_state(acked, now);

  if (state_ == State::recovery) {
    reduce_window(acked.packets, acked.newly_lost, acked.advanced);
  } else if (acked.advanced) {
    if (is_window_limited()) window_.grow(acked.packets, round);
    used_since_ = now;
  }
  // What was sacked tells that the line is alive only if it was sent behind the first that is
  // missing (Linux: tcp_clean_rtx_queue).
  const bool alive =
      acked.advanced || (acked.oldest_sacked && !outstanding_.empty() &&
                         now - outstanding_.front().segment.sent_at < *acked.oldest_sacked);
  if (alive || timer_ == Timer::reordering || reordering_due_) arm_timer(now);
}

void TcpSender::take_cumulative(std::uint64_t next, Instant now, AckedSoFar& acked) {
  while (!outstanding_.empty() && outstanding_.front().segment.end() <= next) {
    const Outstanding& first = outstanding_.front();
    acked.retransmission |= first.ever_retransmitted;
    if (!first.sacked) {
      note_delivered(first, now, acked);
      ++acked.packets;
    }
    if (first.sacked) --sacked_;
    forget_loss(first);
    --out_;
    acked.advanced = true;
    outstanding_.pop_front();
  }
  acknowledged_ = std::max(acknowledged_, std::min(next, next_));
}

void TcpSender::take_blocks(const Acknowledgement& acknowledgement, Instant now,
                            AckedSoFar& acked) {
  for (const Range& block : acknowledgement.sacked()) {
    auto each = std::lower_bound(
        outstanding_.begin(), outstanding_.end(), block.begin,
        [](const Outstanding& one, std::uint64_t begin) { return one.segment.begin < begin; });
    for (; each != outstanding_.end() && each->segment.end() <= block.end; ++each) {
      if (each->sacked) continue;
      acked.sacked = true;
      note_delivered(*each, now, acked);
      forget_loss(*each);
      each->lost = each->retransmitted = false;
      each->sacked = true;
      ++sacked_;
      ++acked.packets;
    }
  }
}

// Whatever was thought of it, it has arrived.
void TcpSender::forget_loss(const Outstanding& segment) {
  if (segment.lost) --lost_;
  if (segment.retransmitted) --retransmitted_;
  if (segment.lost && !segment.retransmitted) --to_retransmit_;
}

// RFC 8985 section 6.2, step 2: what is sooner than any round trip so far answers the first
// sending, not the second. So does what has the timestamp of the first (Linux:
// tcp_skb_spurious_retrans).
void TcpSender::note_delivered(const Outstanding& segment, Instant now, AckedSoFar& acked) {
  if (acknowledged_list_ != nullptr) acknowledged_list_->push_back(segment.segment);
  const Duration round_trip = now - segment.segment.sent_at;
  if (segment.ever_retransmitted) {
    if (round_trip < round_trip_.least() || (!acked.sacked && acked.echo < segment.segment.sent_at))
      return;
  } else {
    if (segment.segment.end() <= recovery_end_) acked.original_delivered = true;
    auto& oldest = acked.sacked ? acked.oldest_sacked : acked.oldest_round_trip;
    auto& newest = acked.sacked ? acked.newest_sacked : acked.newest_round_trip;
    if (!oldest) oldest = round_trip;
    newest = round_trip;
  }
  delivered_more_ = true;
  delivered_round_trip_ = round_trip;
  const bool sent_later =
      segment.segment.sent_at > delivered_sent_at_ ||
      (segment.segment.sent_at == delivered_sent_at_ && segment.segment.end() > delivered_end_);
  if (sent_later) {
    delivered_sent_at_ = segment.segment.sent_at;
    delivered_end_ = segment.segment.end();
  }
}

// Linux: tcp_clean_rtx_queue and tcp_ack_update_rtt. Where one that was sent again is among what
// was acknowledged its timestamp tells which sending was answered.
void TcpSender::measure(AckedSoFar& acked, Instant now) {
  if (acked.retransmission) acked.oldest_round_trip = acked.newest_round_trip = std::nullopt;
  if (acked.newest_sacked) acked.newest_round_trip = acked.newest_sacked;
  if (!acked.oldest_round_trip) acked.oldest_round_trip = acked.oldest_sacked;
  if (!acked.oldest_round_trip && acked.advanced) {
    acked.oldest_round_trip = acked.newest_round_trip = now - acked.echo;
  }
  if (!acked.oldest_round_trip) return;
  const bool new_round = acknowledged_ > deviation_round_end_;
  if (new_round) deviation_round_end_ = next_;
  backoff_ = 0;
  round_trip_.measured(*acked.oldest_round_trip, *acked.newest_round_trip, new_round);
}

// What the probe brought back (Linux: tcp_process_tlp_ack). When it was a retransmission and nobody
// says that it came twice, there was a loss, and the window is reduced for it: once what was sent
// behind the probe is acknowledged.
void TcpSender::take_probe_answer(const Acknowledgement& acknowledgement, bool progress) {
  if (acknowledgement.next < *probe_end_) return;
  if (!probe_was_retransmission_ || acknowledgement.duplicate) {
    probe_end_.reset();
  } else if (acknowledgement.next > *probe_end_) {
    probe_end_.reset();
    if (state_ != State::open) return;
    window_.lower_threshold();
    window_.set(window_.threshold());
  } else if (!progress) {
    probe_end_.reset();
  }
}

// --- Timers

Duration TcpSender::timeout() const {
  return std::min(in_ticks(round_trip_.timeout()) * (1 << backoff_),
                  RoundTripTime::longest_timeout);
}

void TcpSender::set_timer(Timer timer, Duration wait, Instant now) {
  timer_ = timer;
  timer_at_ = timer_fires(now, wait);
}

void TcpSender::stop_timer() {
  timer_ = Timer::none;
  timer_at_.reset();
}

// The retransmission timer counts from when the first segment was sent.
Duration TcpSender::until_timeout(Instant now) const {
  if (outstanding_.empty()) return timeout();
  return outstanding_.front().segment.sent_at + timeout() - now;
}

// One timer, as in Linux: for reordering if RACK waits for something, else for a probe, else for
// the retransmission. A probe comes no later than the retransmission would: a whole timeout from
// now where something was acknowledged, else sooner (tcp_schedule_loss_probe).
void TcpSender::arm_timer(Instant now, Duration until_retransmission) {
  if (out_ == 0) {
    const bool shut = unsent_bytes() > 0 && window_end_ <= next_;
    return shut ? set_timer(Timer::closed_window, timeout(), now) : stop_timer();
  }
  if (reordering_due_) {
    return set_timer(Timer::reordering, *reordering_due_ - now + timer_slack, now);
  }
  const bool may_probe =
      state_ == State::open && sacked_ == 0 && !probe_end_ && backoff_ == 0 && round_trip_.known();
  if (!may_probe) return arm_retransmission(now);
  Duration wait =
      2 * round_trip_.smoothed() + (out_ == 1 ? probe_wait_for_delayed_ack : timer_slack);
  if (until_retransmission > Duration::zero()) wait = std::min(wait, until_retransmission);
  set_timer(Timer::loss_probe, wait, now);
}

// A timer that is shorter and did not fire, or will be needed no more, does not put off this one
// (Linux: tcp_rearm_rto).
void TcpSender::arm_retransmission(Instant now) {
  const bool shorter_before = timer_ == Timer::reordering || timer_ == Timer::loss_probe;
  const Duration wait = shorter_before ? until_timeout(now) : timeout();
  set_timer(Timer::retransmission, std::max(wait, kernel_tick), now);
}

void TcpSender::advance(Instant now) {
  if (!timer_at_ || *timer_at_ > now) return;
  const Timer fired = timer_;
  stop_timer();
  switch (fired) {
    case Timer::none:
      return;
    case Timer::reordering: {
      AckedSoFar acked;
      find_losses(now, acked);
      if (acked.newly_lost > 0 && state_ != State::recovery) {
        enter_recovery();
        reduce_window(1, acked.newly_lost, false);
      }
      return arm_timer(now);
    }
    case Timer::loss_probe:
      probe_wanted_ = true;
      probe_end_ = next_;  // the retransmission timer is next
      return arm_retransmission(now);
    case Timer::closed_window:
      window_probe_wanted_ = true;
      backoff_ = std::min(backoff_ + 1, most_backoff);
      return set_timer(Timer::closed_window, timeout(), now);
    case Timer::retransmission:
      return on_retransmission_timeout(now);
  }
}

void TcpSender::on_retransmission_timeout(Instant now) {
  enter_loss(now);
  ++timeouts_;
  backoff_ = std::min(backoff_ + 1, most_backoff);
  arm_retransmission(now);
}

}  // namespace muxlab::link
