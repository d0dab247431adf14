#include "common/http2/glitch_counter.h"

#include <algorithm>

namespace muxlab::http2 {
namespace {

// Frame types, RFC 9113 section 6 and RFC 9218 section 7.1.
enum Type : std::uint8_t {
  data = 0x0,
  headers = 0x1,
  priority = 0x2,
  settings = 0x4,
  ping = 0x6,
  window_update = 0x8,
  continuation = 0x9,
  altsvc = 0xa,
  origin = 0xc,
  priority_update = 0x10,
};
constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t acknowledges = 0x1;

// A request earns the peer an allowance of PRIORITY frames: Chromium raises each image that turns
// out to be in view. For WINDOW_UPDATEs a DATA frame earns Envoy's default ratio.
constexpr std::int64_t priorities_per_request = 10;
constexpr std::int64_t window_updates_per_data_frame = 10;

}  // namespace

void GlitchCounter::received(Bytes bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const std::size_t passed = std::min(payload_left_, bytes.size());
      payload_left_ -= passed;
      bytes = bytes.subspan(passed);
      continue;
    }
    const std::size_t count = std::min(header_bytes - header_read_, bytes.size());
    std::copy_n(bytes.begin(), count, header_.begin() + header_read_);
    header_read_ += count;
    bytes = bytes.subspan(count);
    if (header_read_ < header_bytes) return;
    header_read_ = 0;
    payload_left_ = std::size_t{header_[0]} << 16 | std::size_t{header_[1]} << 8 | header_[2];
    frame_begun(payload_left_, header_[3], header_[4]);
  }
}

void GlitchCounter::frame_begun(std::size_t length, std::uint8_t type, std::uint8_t flags) {
  switch (type) {
    case headers:
      spare_priorities_ += priorities_per_request;
      break;
    case data:
      if (length == 0 && (flags & end_stream) == 0) ++count_;
      break;
    case settings:
    case ping:
      if ((flags & acknowledges) == 0) ++count_;
      break;
    case priority:
    case priority_update:
      spend(spare_priorities_);
      break;
    case window_update:
      spend(spare_window_updates_);
      break;
    case altsvc:
    case origin:
      break;
    default:
      if (type > continuation) ++count_;
      break;
  }
}

void GlitchCounter::data_sent() {
  spare_window_updates_ += window_updates_per_data_frame;
}

void GlitchCounter::spend(std::int64_t& allowance) {
  if (allowance > 0) {
    --allowance;
  } else {
    ++count_;
  }
}

}  // namespace muxlab::http2
