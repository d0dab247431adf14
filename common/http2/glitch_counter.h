// Counts how often a peer made work without use: frames that carry nothing, or far more of a kind
// than messages need. Walks over frame headers alone (RFC 9113 section 4.1), beside nghttp2, which
// drops some of these frames without a word (PRIORITY where RFC 9218 is in force, types that it
// does not know).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"

namespace muxlab::http2 {

class GlitchCounter {
 public:
  // `skipped_bytes` precede the first frame: the client connection preface at a server.
  explicit GlitchCounter(std::size_t skipped_bytes) : payload_left_(skipped_bytes) {}

  // What the peer sent, cut anywhere.
  void received(Bytes bytes);

  // What we sent: a DATA frame earns the peer some WINDOW_UPDATEs; a reset that it made us send is
  // a glitch of its own (CVE-2025-8671).
  void data_sent();
  void reset_sent() { ++count_; }

  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::size_t header_bytes = 9;

  void frame_begun(std::size_t length, std::uint8_t type, std::uint8_t flags);
  void spend(std::int64_t& allowance);

  std::array<std::uint8_t, header_bytes> header_{};
  std::size_t header_read_ = 0;
  std::size_t payload_left_;

  // Frames of these kinds that are no glitch yet; the first ones are free.
  std::int64_t spare_priorities_ = 100;
  std::int64_t spare_window_updates_ = 100;
  std::uint64_t count_ = 0;
};

}  // namespace muxlab::http2
