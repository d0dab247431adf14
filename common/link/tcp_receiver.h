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

  // A segment arrived.
  void take(const Segment& segment, Instant now);

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
  std::optional<Instant> next_event() const { return delayed_until_; }
  void advance(Instant now);

  // What to say with the next packet, whatever it is; counts as said.
  Acknowledgement acknowledge();

  // The same end sends: from now on acknowledgements can ride on data.
  void data_sent(Instant now);

 private:
  bool insert(const Range& range);
  void move_over_filled_holes();
  std::uint64_t window_bytes() const;
  bool window_opened() const;

  std::uint64_t next_ = 0;            // all before it has arrived
  std::optional<std::uint64_t> end_;  // the number behind the FIN, once seen
  std::uint64_t consumed_ = 0;
  std::uint64_t share_bytes_ = most_window_bytes;  // how far the window may open
  std::uint64_t said_window_end_ = first_window_bytes;
  std::vector<Range> islands_;  // behind holes; those that changed last come first

  std::uint64_t unsaid_bytes_ = 0;  // arrived in order since the last acknowledgement
  bool due_now_ = false;
  bool duplicate_ = false;  // the last segment had arrived before
  std::optional<Instant> delayed_until_;

  int quick_left_ = most_quick_acknowledgements;  // that are not held back
  bool replies_with_data_ = false;
  std::optional<Instant> last_data_;
};

}  // namespace muxlab::link
