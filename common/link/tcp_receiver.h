// The receiving half of one direction of a TCP connection: what has arrived in order, what lies
// behind a hole, and when to say so. That bytes behind a hole cannot be delivered is TCP's
// head-of-line blocking. Counts bytes and has none.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/time.h"
#include "common/link/packet.h"

namespace muxlab::link {

class TcpReceiver {
 public:
  // How much may wait to be taken, at most. Linux lets a window grow to half of the 6 MiB of
  // tcp_rmem[2].
  static constexpr std::uint64_t most_window_bytes = 3 * 1024 * 1024;
  // And while nobody has taken anything. It opens as Linux's does (tcp_rcv_space_adjust): twice as
  // fast as the reader takes, so that it never holds up slow start.
  static constexpr std::uint64_t first_window_bytes = 64 * 1024;
  // Linux: TCP_MAX_QUICKACKS. So many are sent at once at the beginning and after each surprise.
  static constexpr int most_quick_acknowledgements = 16;

  // What this end's own sender knows of the path.
  struct Path {
    Duration timeout;     // so long it would wait for an acknowledgement
    Duration round_trip;  // zero: not measured
  };

  // A segment arrived that has data or asks something.
  void take(const Segment& segment, Instant now, const Path& path);

  // In order, from the beginning; the end (FIN) not counted.
  std::uint64_t arrived_bytes() const { return next_ - (has_ended() ? 1 : 0); }
  bool has_ended() const { return end_ && next_ == *end_; }

  // Whoever reads has taken so many of the bytes that arrived.
  void consume(std::uint64_t bytes);
  std::uint64_t waiting_bytes() const { return arrived_bytes() - consumed_; }

  // From now on at most so much may wait. What was allowed stays allowed.
  void set_window(std::uint64_t bytes) { share_bytes_ = bytes; }

  // The sender may send up to here, as far as it has been told.
  std::uint64_t window_end() const { return said_window_end_; }

  // An acknowledgement should be sent now, if nothing else is that can carry it.
  bool must_acknowledge() const { return due_now_; }
  // When the one that is held back must go.
  std::optional<Instant> next_event() const { return held_until_; }
  void advance(Instant now);

  // What to say with the next packet, whatever it is; counts as said. `said` is a fresh one.
  void acknowledge(Acknowledgement& said);
  Acknowledgement acknowledge() {
    Acknowledgement said;
    acknowledge(said);
    return said;
  }

  // The same end sends: from now on acknowledgements can ride on data.
  void data_sent(Instant now);

 private:
  bool is_quick() const { return quick_left_ > 0 && !replies_with_data_; }
  bool insert(const Range& range);
  void move_over_filled_holes();
  void acknowledge_quickly();
  void acknowledge_out_of_order(Instant now, const Path& path);
  std::uint64_t window_bytes() const;
  bool window_opened() const;

  std::uint64_t next_ = 0;            // all before it has arrived
  std::optional<std::uint64_t> end_;  // the number behind the FIN, once seen
  std::uint64_t consumed_ = 0;
  std::uint64_t share_bytes_ = most_window_bytes;  // how far the window may open
  std::uint64_t said_window_end_ = first_window_bytes;
  std::vector<Range> islands_;  // behind holes; those that changed last come first

  // RFC 7323 section 4.3: of the segments since the last acknowledgement, the first that it said
  // was missing is the one whose timestamp the next echoes.
  std::uint64_t said_next_ = 0;
  Instant echo_{};

  std::uint64_t unsaid_bytes_ = 0;  // arrived in order since the last acknowledgement
  bool due_now_ = false;
  bool duplicate_ = false;  // the last segment had arrived before
  std::optional<Instant> held_until_;
  int out_of_order_said_ = 0;      // since `next` last moved on
  bool held_with_others_ = false;  // it is such a one that is held, and not for a reply

  int quick_left_ = most_quick_acknowledgements;  // that are not held back
  bool replies_with_data_ = false;                // "ping-pong": until a reply does not come
  bool pushed_ = false;        // there is a push in what is not acknowledged yet,
  bool pushed_twice_ = false;  // and a small segment behind it
  std::optional<Instant> last_data_;
};

}  // namespace muxlab::link
