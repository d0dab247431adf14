// How much work without use a peer may make: a balance that each kind of frame draws on and that
// work done fills again. A peer that overdraws it is told ENHANCE_YOUR_CALM.
// docs/decisions/glitches.md has the table, with who does what.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace muxlab::http2 {

// At the start, and the most that can be saved up: what a flood gets before it is ended. It is the
// burst that nghttp2 allows for streams reset by the client, and takes some 10 ms of a core.
inline constexpr std::int64_t most_allowance = 1000;

// What is drawn.
namespace cost {
inline constexpr std::int64_t control_frame = 1;  // PING, WINDOW_UPDATE, PRIORITY, unknown ...
inline constexpr std::int64_t empty_data = 1;     // or padded: it may hold nothing else
inline constexpr std::int64_t continuation = 1;
inline constexpr std::int64_t settings = 5;  // walks over all streams
inline constexpr std::int64_t stream_cancelled = 1;
inline constexpr std::int64_t stream_refused = 1;      // it was opened before our limit was known
inline constexpr std::int64_t reset_caused = 10;       // by a broken rule (CVE-2025-8671)
inline constexpr std::int64_t hopeless_section = 100;  // decoded far above its limits
}  // namespace cost

// What fills it again.
namespace credit {
inline constexpr std::int64_t stream_answered = 10;  // whole, were it with headers alone
inline constexpr std::int64_t data_sent = 4;  // a frame: two WINDOW_UPDATEs, a PING and one more
inline constexpr std::int64_t data_received = 2;  // a frame: a PING and one more
inline constexpr std::int64_t second = 33;        // the rate of nghttp2 for reset streams
}  // namespace credit

// A DATA frame shorter than this earns nothing where the peer made it so short: a window of one
// byte would make a frame of each byte (CVE-2019-9511).
inline constexpr std::size_t least_useful_data_bytes = 256;

class Allowance {
 public:
  void draw(std::int64_t cost) { left_ -= cost; }
  void earn(std::int64_t credit) { left_ = std::min(most_allowance, left_ + credit); }
  bool overdrawn() const { return left_ < 0; }

 private:
  std::int64_t left_ = most_allowance;
};

}  // namespace muxlab::http2
