// How long a client is still listened to once its connection has said all: as long as it sends, and
// within limits. What a simulated line delays is not held against it. Knows no socket; time is
// passed in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/time.h"
#include "common/http/unwanted_content.h"

namespace muxlab::server {

// A client that has sent nothing for so long has nothing under way: TCP repeats a lost segment
// within some 300 ms, twice within a second. nginx waits 5 s (lingering_timeout).
inline constexpr Duration linger_pause = 2s;

// However steadily it sends. nginx's lingering_time is the same.
inline constexpr Duration longest_linger = 30s;

// A line that is full gives way sooner: the slowest there is (8 kbit/s) carries what a client may
// have unsent, 64 KiB, in 65 s. Nothing moves on one that does not.
inline constexpr Duration longest_line_stall = 300s;

class Linger {
 public:
  explicit Linger(Instant now) : since_(now) {}

  // The client has sent so many bytes.
  void took(std::size_t bytes, Instant now) {
    settle(now);
    bytes_ += bytes;
    silent_ = stalled_ = Duration::zero();
  }

  // From now on it is the client that is waited for; or, false, a line that is full of what it
  // sent.
  void wait_for_client(bool client, Instant now) {
    settle(now);
    waits_for_client_ = client;
  }

  bool is_over(Instant now) {
    settle(now);
    return silent_ >= linger_pause || waited_ >= longest_linger || stalled_ >= longest_line_stall ||
           bytes_ > http::most_unwanted_bytes;
  }

 private:
  void settle(Instant now) {
    const Duration passed = now - since_;
    since_ = now;
    if (waits_for_client_) {
      silent_ += passed;
      waited_ += passed;
    } else {
      stalled_ += passed;
    }
  }

  Instant since_;  // settled up to here
  bool waits_for_client_ = true;
  Duration silent_{};
  Duration waited_{};
  Duration stalled_{};  // by the line
  std::uint64_t bytes_ = 0;
};

}  // namespace muxlab::server
