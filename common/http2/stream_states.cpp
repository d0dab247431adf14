#include "common/http2/stream_states.h"

#include <algorithm>

namespace muxlab::http2 {

std::optional<ErrorCode> StreamStates::received(const FrameHeader& frame) {
  if (frame.stream % 2 == 0) return std::nullopt;
  switch (frame.type) {
    case FrameType::headers:
      if (frame.stream > highest_) {
        begin(frame.stream);
        if (!frame.has(FrameFlag::end_stream)) remember(frame.stream);
        return std::nullopt;
      }
      return message_frame(frame);
    case FrameType::data:
      // On an idle stream it is an error that nghttp2 sees.
      return frame.stream > highest_ ? std::nullopt : message_frame(frame);
    case FrameType::rst_stream:
      end(frame.stream);
      return std::nullopt;
    case FrameType::priority:
    case FrameType::settings:
    case FrameType::push_promise:
    case FrameType::ping:
    case FrameType::goaway:
    case FrameType::window_update:
    case FrameType::continuation:
      return std::nullopt;
  }
  return std::nullopt;
}

// More of a message, on a stream that was opened or passed over.
std::optional<ErrorCode> StreamStates::message_frame(const FrameHeader& frame) {
  if (skipped(frame.stream)) return ErrorCode::protocol_error;
  if (ended(frame.stream)) return ErrorCode::stream_closed;
  if (frame.has(FrameFlag::end_stream)) end(frame.stream);
  return std::nullopt;
}

void StreamStates::begin(StreamId stream) {
  if (stream > highest_ + 2) {
    skipped_after_ = highest_;
    skipped_before_ = stream;
  }
  highest_ = stream;
}

void StreamStates::remember(StreamId stream) {
  unended_.push_back(stream);
  if (unended_.size() > unended_streams_limit) {
    judged_from_ = unended_.front() + 1;
    unended_.erase(unended_.begin());
  }
}

void StreamStates::end(StreamId stream) {
  const auto found = std::lower_bound(unended_.begin(), unended_.end(), stream);
  if (found != unended_.end() && *found == stream) unended_.erase(found);
}

bool StreamStates::ended(StreamId stream) const {
  return stream >= judged_from_ && !std::binary_search(unended_.begin(), unended_.end(), stream);
}

}  // namespace muxlab::http2
