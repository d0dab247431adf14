#include "common/http2/frame_watch.h"

#include <algorithm>
#include <utility>

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

enum Flag : std::uint8_t {
  acknowledges = 0x1,  // SETTINGS, PING
  end_stream = 0x1,
  end_headers = 0x4,
  padded = 0x8,
  has_priority = 0x20,  // HEADERS
};

// A request earns the peer an allowance of PRIORITY frames: Chromium raises each image that turns
// out to be in view. For WINDOW_UPDATEs a DATA frame earns Envoy's default ratio.
constexpr std::int64_t priorities_per_request = 10;
constexpr std::int64_t window_updates_per_data_frame = 10;

std::uint32_t number_in(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

constexpr std::uint32_t lower_31_bits = 0x7fffffff;

}  // namespace

void FrameWatch::received(Bytes bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const std::size_t count = std::min(payload_left_, bytes.size());
      payload_arrived(bytes.first(count));
      bytes = bytes.subspan(count);
      continue;
    }
    const std::size_t count = std::min(header_bytes - header_read_, bytes.size());
    std::copy_n(bytes.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_read_));
    header_read_ += count;
    bytes = bytes.subspan(count);
    if (header_read_ == header_bytes) frame_begun();
  }
}

void FrameWatch::frame_begun() {
  header_read_ = 0;
  frame_ = {number_in(header_.data()) >> 8, header_[3], header_[4],
            number_in(&header_[5]) & lower_31_bits};
  payload_left_ = frame_.length;
  priority_.clear();
  const auto has = [this](Flag flag) { return (frame_.flags & flag) != 0; };
  switch (frame_.type) {
    case headers:
      spare_priorities_ += priorities_per_request;
      header_block_open_ = true;
      ++header_blocks_;
      priority_begins_ = has(padded) ? 1 : 0;
      break;
    case data:
      if (frame_.length == 0 && !has(end_stream)) ++glitches_;
      break;
    case settings:
    case ping:
      if (!has(acknowledges)) ++glitches_;
      break;
    case priority:
      priority_begins_ = 0;
      spend(spare_priorities_);
      break;
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
      if (frame_.type > continuation) ++glitches_;
      break;
  }
  if (payload_left_ == 0) frame_ended();
}

void FrameWatch::payload_arrived(Bytes piece) {
  const bool prioritizes =
      frame_.type == priority || (frame_.type == headers && (frame_.flags & has_priority) != 0);
  const std::size_t at = frame_.length - payload_left_;
  for (std::size_t i = 0; prioritizes && i < piece.size() && priority_.size() < priority_bytes;
       ++i) {
    if (at + i >= priority_begins_) priority_.push_back(piece[i]);
  }
  payload_left_ -= piece.size();
  if (payload_left_ == 0) frame_ended();
}

void FrameWatch::frame_ended() {
  const bool of_block = frame_.type == headers || frame_.type == continuation;
  if (of_block && (frame_.flags & end_headers) != 0) header_block_open_ = false;
  if (priority_.size() < priority_bytes) return;
  const std::uint32_t dependency = number_in(priority_.data());
  old_priorities_.push_back({.stream = frame_.stream,
                             .depends_on = dependency & lower_31_bits,
                             .weight = priority_[4] + 1,
                             .exclusive = dependency > lower_31_bits});
}

void FrameWatch::data_sent() {
  spare_window_updates_ += window_updates_per_data_frame;
}

std::vector<OldPriorityReceived> FrameWatch::take_old_priorities() {
  return std::exchange(old_priorities_, {});
}

void FrameWatch::spend(std::int64_t& allowance) {
  if (allowance > 0) {
    --allowance;
  } else {
    ++glitches_;
  }
}

}  // namespace muxlab::http2
