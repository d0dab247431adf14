#include "server/tap/http2_frame_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/tap/protocol_decision.h"

namespace muxlab::server::tap {

void Http2FrameDecoder::allow_frames_of(std::uint32_t bytes) {
  allowed_bytes_ = std::max(allowed_bytes_, std::min(bytes, most_frame_bytes));
}

Result<std::optional<Http2Frame>> Http2FrameDecoder::take(Bytes& input, const Moment& moment) {
  if (input.empty()) return std::optional<Http2Frame>{};
  if (place_ != Place::payload) {
    if (kept_.empty()) {
      current_.first = moment;
      current_.frame.plain_begin = taken_;
    }
    const bool preface = place_ == Place::preface;
    const std::size_t wanted = preface ? http2_preface.size() : http2_frame_header_bytes;
    keep(input, wanted);
    if (preface && !http2_preface.starts_with(kept_)) {
      return Failure{"the client does not begin with HTTP/2's preface"};
    }
    if (kept_.size() < wanted) return std::optional<Http2Frame>{};
    if (preface) return finish(moment);
    if (const Status begun = begin_payload(); !begun.ok()) return begun.failure();
  }
  keep(input, keep_payload_);
  payload_taken_ = std::max(payload_taken_, static_cast<std::uint32_t>(kept_.size()));
  const std::size_t passed = std::min<std::size_t>(
      input.size(), kept_.size() < keep_payload_ ? 0 : current_.frame.length - payload_taken_);
  input = input.subspan(passed);
  taken_ += passed;
  payload_taken_ += static_cast<std::uint32_t>(passed);
  if (payload_taken_ < current_.frame.length) return std::optional<Http2Frame>{};
  if (const Status read = read_payload(bytes_of(kept_), current_); !read.ok()) {
    return read.failure();
  }
  return finish(moment);
}

void Http2FrameDecoder::keep(Bytes& input, std::size_t until) {
  const std::size_t count = std::min(input.size(), until - std::min(until, kept_.size()));
  kept_ += text_of(input.first(count));
  input = input.subspan(count);
  taken_ += count;
}

Status Http2FrameDecoder::begin_payload() {
  const Bytes header = bytes_of(kept_);
  trace::Frame& frame = current_.frame;
  frame.length = std::uint32_t{header[0]} << 16 | std::uint32_t{header[1]} << 8 | header[2];
  frame.code = header[3];
  frame.type = http2_frame_type(frame.code);
  frame.flags = header[4];
  frame.stream = (std::uint32_t{header[5]} << 24 | std::uint32_t{header[6]} << 16 |
                  std::uint32_t{header[7]} << 8 | header[8]) &
                 0x7fffffff;
  if (frame.length > allowed_bytes_) {
    return Failure{fmt::format("a {} frame of {} bytes is longer than the {} allowed",
                               trace::name_of(frame.type), frame.length, allowed_bytes_)};
  }
  const Result<std::size_t> kept = kept_payload_bytes(frame);
  if (!kept.ok()) return kept.failure();
  keep_payload_ = kept.value();
  payload_taken_ = 0;
  kept_.clear();
  place_ = Place::payload;
  return Done{};
}

Result<std::optional<Http2Frame>> Http2FrameDecoder::finish(const Moment& moment) {
  trace::Frame& frame = current_.frame;
  if (place_ == Place::preface) {
    frame.type = trace::FrameType::preface;
    frame.length = static_cast<std::uint32_t>(http2_preface.size());
  }
  current_.last = moment;
  frame.direction = direction_;
  frame.plain_end = taken_;
  frame.wire_end = moment.wire_end;
  frame.written = current_.first.sent;
  if (direction_ == Direction::up) frame.landed = moment.received;
  place_ = Place::header;
  kept_.clear();
  return std::optional{std::exchange(current_, {})};
}

}  // namespace muxlab::server::tap
