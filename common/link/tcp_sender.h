// The sending half of one direction of a TCP connection, as Linux does it: what may be sent now,
// what is lost, and when to stop waiting. Counts bytes and has none: in go writes and
// acknowledgements, out come segments. Knows no line and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "common/base/time.h"
#include "common/link/congestion_window.h"
#include "common/link/packet.h"
#include "common/link/round_trip_time.h"

namespace muxlab::link {

class TcpSender {
 public:
  explicit TcpSender(CongestionControl kind);

  // How much more to write now. Opens when what is unsent has fallen by half, so that what is
  // written is worth a TLS record.
  std::uint64_t room() const;
  void write(std::uint64_t bytes);
  // Nothing will be written behind this.
  void end();

  // The handshake is done: `round_trip` if it could be measured (no SYN was sent twice).
  void established(std::optional<Duration> round_trip, bool handshake_lost_twice,
                   std::uint64_t window_end, Instant now);

  // The next segment to send at `now`, and takes it for sent. Call until there is none.
  std::optional<Segment> next_segment(Instant now);

  void acknowledged(const Acknowledgement& acknowledgement, Instant now);

  // Timers: retransmission, loss probe, reordering, closed window.
  std::optional<Instant> next_event() const { return timer_at_; }
  void advance(Instant now);

  // All that was written, and its end, has been acknowledged.
  bool finished() const { return ended_ && acknowledged_ == written_end(); }
  std::uint64_t acknowledged_bytes() const { return acknowledged_; }
  std::uint64_t unsent_bytes() const { return written_end() - next_; }
  const CongestionWindow& window() const { return window_; }
  // How long it waits for an acknowledgement, and how long they take; zero: not measured.
  Duration timeout() const;
  Duration smoothed_round_trip() const {
    return round_trip_.known() ? round_trip_.smoothed() : Duration::zero();
  }
  // For whoever watches: each segment acknowledged is added to the list, if there is one.
  void report_acknowledged_to(std::vector<Segment>* list) { acknowledged_list_ = list; }
  std::uint32_t in_flight_packets() const { return out_ - sacked_ - lost_ + retransmitted_; }

 private:
  // Sent and not yet acknowledged by the receiver's `next`.
  struct Outstanding {
    Segment segment;  // as it was sent the last time
    bool sacked = false;
    bool lost = false;           // taken for lost
    bool retransmitted = false;  // and sent again since
    bool ever_retransmitted = false;
  };

  //                 RACK finds a loss               all that was out then is acknowledged
  //   open ------------------------> recovery ---------------------------------> open
  //    |  \                             |
  //    |   '------ timeout --------.    | timeout
  //    |                           v    v
  //    |                          loss  ----- all that was out then is acknowledged --> open
  //
  // RFC 6675 and RFC 8985; `loss` begins again from a window of one packet (RFC 5681 section 3.1).
  enum class State { open, recovery, loss };

  enum class Timer { none, retransmission, loss_probe, reordering, closed_window };

  struct AckedSoFar {
    Instant echo{};               // when what is answered was sent
    std::uint32_t packets = 0;    // newly acknowledged or sacked
    bool advanced = false;        // `next` moved on
    bool sacked = false;          // something was newly sacked
    bool lost_again = false;      // a retransmission was found lost
    bool retransmission = false;  // one that was sent again is among what `next` moved over
    // Since recovery or loss began something sent once only, and before it, was delivered.
    bool original_delivered = false;
    std::uint32_t newly_lost = 0;  // packets taken for lost, or for lost again
    // Of what was sent once: the oldest and the newest that `next` moved over, and the same of what
    // was sacked.
    std::optional<Duration> oldest_round_trip, newest_round_trip;
    std::optional<Duration> oldest_sacked, newest_sacked;
  };

  std::uint64_t written_end() const { return written_ + (ended_ ? 1 : 0); }
  std::uint32_t window_room() const;
  std::uint64_t can_leave_bytes() const;

  std::optional<Segment> retransmission(Instant now);
  std::optional<Segment> new_segment(Instant now);
  std::optional<Segment> probe_segment(Instant now);
  void note_sent(Instant now);

  void take_cumulative(std::uint64_t next, Instant now, AckedSoFar& acked);
  void take_blocks(const Acknowledgement& acknowledgement, Instant now, AckedSoFar& acked);
  void forget_loss(const Outstanding& segment);
  void note_delivered(const Outstanding& segment, Instant now, AckedSoFar& acked);
  void measure(AckedSoFar& acked, Instant now);
  void take_probe_answer(const Acknowledgement& acknowledgement, bool progress);

  void change_state(AckedSoFar& acked, Instant now);
  bool timeout_was_in_vain(const AckedSoFar& acked);
  void find_losses(Instant now, AckedSoFar& acked);
  void mark_lost(Outstanding& segment, AckedSoFar& acked);
  Duration reordering_window() const;
  void enter_recovery();
  void enter_loss(Instant now);
  void reduce_window(std::uint32_t acked, std::uint32_t newly_lost, bool advanced);
  bool is_window_limited() const;
  void validate_window(bool limited, Instant now);
  void undo_timeout(Instant now);
  void begin_after_pause(Instant now);

  void set_timer(Timer timer, Duration wait, Instant now);
  void stop_timer();
  Duration until_timeout(Instant now) const;
  void arm_timer(Instant now) { arm_timer(now, timeout()); }
  void arm_timer(Instant now, Duration until_retransmission);
  void arm_retransmission(Instant now);
  void note_retransmission(Outstanding& segment, Instant now);
  void on_retransmission_timeout(Instant now);

  std::vector<Segment>* acknowledged_list_ = nullptr;
  CongestionWindow window_;
  RoundTripTime round_trip_;

  // Numbers of bytes: acknowledged_ <= next_ <= written_end().
  std::uint64_t written_ = 0;
  bool ended_ = false;
  std::uint64_t next_ = 0;  // the first never sent
  std::uint64_t acknowledged_ = 0;
  std::uint64_t window_end_ = 0;  // what the receiver allows
  std::uint64_t segments_ = 0;    // new ones sent

  std::deque<Outstanding> outstanding_;  // by number, without gaps
  // Counts over outstanding_, as Linux has them.
  std::uint32_t out_ = 0;
  std::uint32_t sacked_ = 0;
  std::uint32_t lost_ = 0;
  std::uint32_t retransmitted_ = 0;
  std::uint32_t to_retransmit_ = 0;  // lost, and not sent again since

  State state_ = State::open;
  std::uint64_t recovery_end_ = 0;  // what was next_ when recovery or loss began

  // Forward RTO recovery (RFC 5682): was the timeout for nothing?
  bool doubting_timeout_ = false;
  bool send_new_first_ = false;
  std::uint32_t window_before_timeout_ = 0;
  std::uint32_t threshold_before_timeout_ = 0;
  std::optional<Instant> retransmitting_since_;  // since the window was last reduced

  // RACK: of all that was delivered, what was sent last.
  Instant delivered_sent_at_{};
  std::uint64_t delivered_end_ = 0;
  Duration delivered_round_trip_{};
  bool delivered_more_ = false;  // since losses were looked for
  std::optional<Instant> reordering_due_;

  // Proportional rate reduction (RFC 6937).
  std::uint32_t window_before_recovery_ = 0;
  std::uint32_t delivered_in_recovery_ = 0;
  std::uint32_t sent_in_recovery_ = 0;

  // The tail loss probe (RFC 8985 section 7).
  bool probe_wanted_ = false;
  std::optional<std::uint64_t> probe_end_;  // one is out: what was next_ then
  bool probe_was_retransmission_ = false;

  bool window_probe_wanted_ = false;

  // Was the window used? (RFC 7661, as Linux's tcp_cwnd_validate has it.)
  bool sent_in_turn_ = false;
  bool window_limits_ = false;
  std::uint32_t most_out_ = 0;
  std::uint64_t usage_round_end_ = 0;
  std::uint32_t used_packets_ = 0;
  Instant used_since_{};
  Instant last_sent_{Duration::min()};

  std::uint64_t deviation_round_end_ = 0;
  int timeouts_ = 0;  // since `acknowledged_` last moved on (Linux: icsk_retransmits)
  int backoff_ = 0;   // since a round trip was last measured
  Timer timer_ = Timer::none;
  std::optional<Instant> timer_at_;
};

}  // namespace muxlab::link
