#include "common/http2/frame_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace muxlab::http2 {
namespace {

constexpr std::string_view client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

constexpr std::uint32_t lower_31_bits = 0x7fffffff;

std::uint32_t number_in(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

FrameWatch::FrameWatch(Role role)
    : enforces_(role == Role::server), payload_left_(enforces_ ? client_preface.size() : 0) {}

std::size_t FrameWatch::received(Bytes bytes) {
  std::size_t in_order = 0;
  for (std::size_t at = 0; at < bytes.size() && !fault();) {
    const Bytes rest = bytes.subspan(at);
    if (payload_left_ > 0) {
      const std::size_t count = std::min(payload_left_, rest.size());
      payload_arrived(rest.first(count));
      at += count;
    } else {
      const std::size_t count = std::min(header_bytes - header_read_, rest.size());
      std::copy_n(rest.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_read_));
      header_read_ += count;
      at += count;
      if (header_read_ == header_bytes) frame_begun();
    }
    if (!fault()) in_order = at;
  }
  return in_order;
}

std::optional<ErrorCode> FrameWatch::fault() const {
  if (!enforces_) return std::nullopt;
  return allowance_.overdrawn() ? ErrorCode::enhance_your_calm : fault_;
}

void FrameWatch::frame_begun() {
  header_read_ = 0;
  frame_ = {number_in(header_.data()) >> 8, static_cast<FrameType>(header_[3]), header_[4],
            number_in(&header_[5]) & lower_31_bits};
  payload_left_ = frame_.length;
  priority_.clear();
  if (enforces_) {
    draw_for_frame();
    fault_ = fault_in_frame();
  }
  if (frame_.type == FrameType::headers) {
    header_block_open_ = true;
    ++header_blocks_;
    continuations_ = 0;
    priority_begins_ = frame_.has(FrameFlag::padded) ? 1 : 0;
  } else if (frame_.type == FrameType::priority) {
    priority_begins_ = 0;
  }
  if (payload_left_ == 0) frame_ended();
}

// Frames that carry no part of a message draw on the allowance.
void FrameWatch::draw_for_frame() {
  switch (frame_.type) {
    case FrameType::headers:
    case FrameType::push_promise:  // an error that nghttp2 sees
      return;
    case FrameType::data: {
      const bool ends = frame_.has(FrameFlag::end_stream);
      const bool may_be_empty = frame_.length == 0 || frame_.has(FrameFlag::padded);
      if (!ends && may_be_empty) allowance_.draw(cost::empty_data);
      if (frame_.length >= least_useful_data_bytes) allowance_.earn(credit::data_received);
      return;
    }
    case FrameType::settings:
      if (!frame_.has(FrameFlag::acknowledges)) allowance_.draw(cost::settings);
      return;
    case FrameType::rst_stream:
      return allowance_.draw(cost::stream_cancelled);
    case FrameType::continuation:
      return allowance_.draw(cost::continuation);
    case FrameType::priority:
    case FrameType::ping:
    case FrameType::goaway:
    case FrameType::window_update:
      break;
  }
  allowance_.draw(cost::control_frame);  // and whatever is unknown (section 5.5)
}

std::optional<ErrorCode> FrameWatch::fault_in_frame() {
  if (header_block_open_) {
    // Anything but its CONTINUATION is an error that nghttp2 sees.
    const bool too_many =
        frame_.type == FrameType::continuation && ++continuations_ > continuations_limit;
    return too_many ? std::optional{ErrorCode::enhance_your_calm} : std::nullopt;
  }
  if (frame_.type == FrameType::priority && frame_.stream == 0) return ErrorCode::protocol_error;
  return states_.received(frame_);
}

void FrameWatch::payload_arrived(Bytes piece) {
  const bool prioritizes =
      frame_.type == FrameType::priority ||
      (frame_.type == FrameType::headers && frame_.has(FrameFlag::has_priority));
  const std::size_t at = frame_.length - payload_left_;
  for (std::size_t i = 0; prioritizes && i < piece.size() && priority_.size() < priority_bytes;
       ++i) {
    if (at + i >= priority_begins_) priority_.push_back(piece[i]);
  }
  payload_left_ -= piece.size();
  if (payload_left_ == 0) frame_ended();
}

void FrameWatch::frame_ended() {
  const bool of_block = frame_.type == FrameType::headers || frame_.type == FrameType::continuation;
  if (of_block && frame_.has(FrameFlag::end_headers)) header_block_open_ = false;
  if (priority_.size() == priority_bytes) read_old_priority();
}

// A stream that depends on itself: RFC 7540 section 5.3.1 made an error of it, RFC 9113 has no more
// to say about it. nghttp2 ends the connection for it in HEADERS; in PRIORITY it is the same.
void FrameWatch::read_old_priority() {
  const std::uint32_t dependency = number_in(priority_.data());
  const StreamId depends_on = dependency & lower_31_bits;
  if (depends_on == frame_.stream) fault_ = ErrorCode::protocol_error;
  old_priorities_.push_back({.stream = frame_.stream,
                             .depends_on = depends_on,
                             .weight = priority_[4] + 1,
                             .exclusive = dependency > lower_31_bits});
}

std::vector<OldPriorityReceived> FrameWatch::take_old_priorities() {
  return std::exchange(old_priorities_, {});
}

}  // namespace muxlab::http2
