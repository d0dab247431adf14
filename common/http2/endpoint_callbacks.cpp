#include "common/http2/endpoint_callbacks.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace muxlab::http2 {
namespace {

constexpr std::size_t frame_header_bytes = 9;  // RFC 9113 section 4.1

// A DATA frame is not begun in less room than this, unless the content is shorter: better a new
// block than a sliver of a frame.
constexpr std::size_t least_data_bytes = 1024;

constexpr std::int32_t last_possible_stream = 0x7fffffff;  // RFC 9113 section 6.8

bool ends_stream(const nghttp2_frame& frame) {
  return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

bool carries_message(const nghttp2_frame& frame) {
  return frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
}

StreamId stream_of(const nghttp2_frame& frame) {
  return static_cast<StreamId>(frame.hd.stream_id);
}

// Of a stream that the client must not have opened yet, of a broken rule, or of neither: what we
// end on our own account costs nothing.
std::int64_t cost_of_reset(const nghttp2_frame& frame) {
  const bool promised_by_us = frame.hd.stream_id % 2 == 0;
  if (frame.rst_stream.error_code == NGHTTP2_NO_ERROR || promised_by_us) return 0;
  return frame.rst_stream.error_code == NGHTTP2_REFUSED_STREAM ? cost::stream_refused
                                                               : cost::reset_caused;
}

// The stream that a field section opens or belongs to.
StreamId stream_of_fields(const nghttp2_frame& frame) {
  return frame.hd.type == NGHTTP2_PUSH_PROMISE
             ? static_cast<StreamId>(frame.push_promise.promised_stream_id)
             : stream_of(frame);
}

}  // namespace

Endpoint& Endpoint::Callbacks::self(void* user_data) {
  return *static_cast<Endpoint*>(user_data);
}

int Endpoint::Callbacks::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame,
                                          void* user_data) {
  Endpoint& endpoint = self(user_data);
  const StreamId id = stream_of_fields(*frame);
  const bool opens = endpoint.find(id) == nullptr;
  if (opens && endpoint.role_ == Role::server &&
      endpoint.streams_.size() - endpoint.promised_streams_ >=
          endpoint.options_.max_concurrent_streams) {
    // nghttp2 keeps to this limit only once the client has acknowledged it.
    endpoint.reset(id, ErrorCode::refused_stream);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  endpoint.streams_.try_emplace(id);
  endpoint.section_.begin();
  return 0;
}

int Endpoint::Callbacks::on_header(nghttp2_session*, const nghttp2_frame* frame,
                                   const std::uint8_t* name, std::size_t name_bytes,
                                   const std::uint8_t* value, std::size_t value_bytes, std::uint8_t,
                                   void* user_data) {
  Endpoint& endpoint = self(user_data);
  if (endpoint.section_.add(text_of({name, name_bytes}), text_of({value, value_bytes}))) return 0;
  endpoint.watch_.allowance().draw(cost::hopeless_section);
  endpoint.reset(stream_of_fields(*frame), ErrorCode::enhance_your_calm);
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // decodes the rest and gives none of it
}

// A field that breaks the rules of RFC 9113 section 8.2.1 makes its message malformed, and ends the
// stream by PROTOCOL_ERROR. Left to itself nghttp2 1.52 does so, and 1.70 drops the field and goes
// on.
int Endpoint::Callbacks::on_invalid_header(nghttp2_session*, const nghttp2_frame*,
                                           const std::uint8_t*, std::size_t, const std::uint8_t*,
                                           std::size_t, std::uint8_t, void*) {
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int Endpoint::Callbacks::on_frame_received(nghttp2_session*, const nghttp2_frame* frame,
                                           void* user_data) {
  note_received(self(user_data), *frame);
  return 0;
}

int Endpoint::Callbacks::on_content(nghttp2_session*, std::uint8_t, std::int32_t id,
                                    const std::uint8_t* bytes, std::size_t count, void* user_data) {
  Endpoint& endpoint = self(user_data);
  if (endpoint.find(static_cast<StreamId>(id)) == nullptr) return 0;
  endpoint.content_bytes_ += count;
  endpoint.events_.emplace_back(ContentReceived{static_cast<StreamId>(id), {bytes, count}});
  return 0;
}

// A WINDOW_UPDATE that raises a stream's window too far costs the stream (RFC 9113 section 6.9.1):
// nghttp2 has queued its reset.
int Endpoint::Callbacks::on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int error,
                                          void* user_data) {
  if (frame->hd.type == NGHTTP2_WINDOW_UPDATE && error == NGHTTP2_ERR_FLOW_CONTROL) {
    self(user_data).raised_too_far_.insert(stream_of(*frame));
  }
  return 0;
}

// Any other window that overflows or is overrun costs the connection: section 6.9.2 asks for it
// where SETTINGS do it, section 6.9.1 lets it where content does. Before 1.67 nghttp2 resets the
// stream for these as well.
int Endpoint::Callbacks::before_frame_sent(nghttp2_session*, const nghttp2_frame* frame,
                                           void* user_data) {
  if (frame->hd.type != NGHTTP2_RST_STREAM ||
      frame->rst_stream.error_code != NGHTTP2_FLOW_CONTROL_ERROR ||
      self(user_data).raised_too_far_.erase(stream_of(*frame)) != 0) {
    return 0;
  }
  self(user_data).flow_control_broken_ = true;
  return NGHTTP2_ERR_CANCEL;
}

int Endpoint::Callbacks::on_frame_sent(nghttp2_session*, const nghttp2_frame* frame,
                                       void* user_data) {
  Endpoint& endpoint = self(user_data);
  // nghttp2 would send a PING submitted together with the notice before it.
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.last_stream_id == last_possible_stream) {
    endpoint.ping();
  }
  if (frame->hd.type == NGHTTP2_RST_STREAM) {
    endpoint.watch_.allowance().draw(cost_of_reset(*frame));
  }
  if (!carries_message(*frame)) return 0;
  if (frame->hd.type == NGHTTP2_DATA) {
    endpoint.content_bytes_ += frame->hd.length;
  } else {
    ++endpoint.heads_;
  }
  Stream* stream = endpoint.find(stream_of(*frame));
  if (stream == nullptr) return 0;
  stream->sent_headers = true;
  if (!ends_stream(*frame)) return 0;
  stream->sent_whole = true;
  stream->body.reset();
  endpoint.refuse_the_rest(stream_of(*frame), *stream);
  return 0;
}

int Endpoint::Callbacks::on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t code,
                                          void* user_data) {
  Endpoint& endpoint = self(user_data);
  endpoint.raised_too_far_.erase(static_cast<StreamId>(id));
  const auto stream = endpoint.streams_.find(static_cast<StreamId>(id));
  if (stream == endpoint.streams_.end()) return 0;
  endpoint.events_.emplace_back(StreamClosed{stream->first, static_cast<ErrorCode>(code),
                                             stream->second.sent_bytes, stream->second.sent_whole});
  if (stream->second.sent_whole) endpoint.watch_.allowance().earn(credit::stream_answered);
  const bool promised_by_us = endpoint.role_ == Role::server && stream->first % 2 == 0;
  if (promised_by_us) --endpoint.promised_streams_;
  endpoint.streams_.erase(stream);
  return 0;
}

// Content is read straight to where it will be sent from, behind the room for its frame header;
// send_content fills that in. nghttp2 calls the two one after the other, and nothing is appended
// between.
nghttp2_ssize Endpoint::Callbacks::read_content(nghttp2_session*, std::int32_t id, std::uint8_t*,
                                                std::size_t most, std::uint32_t* flags,
                                                nghttp2_data_source*, void* user_data) {
  Endpoint& endpoint = self(user_data);
  Stream* stream = endpoint.find(static_cast<StreamId>(id));
  assert(stream != nullptr && stream->body != nullptr && endpoint.out_ != nullptr);
  endpoint.frame_room_ =
      endpoint.out_->reserve(frame_header_bytes + std::min(most, least_data_bytes));
  const MutableBytes payload = endpoint.frame_room_.subspan(frame_header_bytes);
  const http::ReadOutcome outcome =
      stream->body->read(payload.first(std::min(most, payload.size())));
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  endpoint.frame_cramped_ = most < least_useful_data_bytes && outcome.bytes == most;
  switch (outcome.kind) {
    case http::ReadOutcome::Kind::some:
      break;
    case http::ReadOutcome::Kind::end:
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!stream->trailers.empty()) {
        // They end the stream instead of this frame, whose sender must not be told that it is the
        // last.
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        endpoint.submit_trailers(static_cast<StreamId>(id), stream->trailers);
      }
      break;
    case http::ReadOutcome::Kind::waiting:
      endpoint.waiting_.push_back(static_cast<StreamId>(id));
      return NGHTTP2_ERR_DEFERRED;
    case http::ReadOutcome::Kind::failed:
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  return static_cast<nghttp2_ssize>(outcome.bytes);
}

int Endpoint::Callbacks::send_content(nghttp2_session*, nghttp2_frame* frame,
                                      const std::uint8_t* header, std::size_t count,
                                      nghttp2_data_source*, void* user_data) {
  Endpoint& endpoint = self(user_data);
  assert(frame->data.padlen == 0);  // we never ask for padding
  std::copy_n(header, frame_header_bytes, endpoint.frame_room_.begin());
  endpoint.out_->commit(frame_header_bytes + count);
  if (!endpoint.frame_cramped_) endpoint.watch_.allowance().earn(credit::data_sent);
  if (Stream* stream = endpoint.find(stream_of(*frame))) stream->sent_bytes += count;
  return endpoint.out_->size() < endpoint.out_end_ ? 0 : NGHTTP2_ERR_PAUSE;
}

nghttp2_session_callbacks* Endpoint::Callbacks::make() {
  nghttp2_session_callbacks* all = nullptr;
  nghttp2_session_callbacks_new(&all);
  nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(all, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(all, on_invalid_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_content);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(all, on_invalid_frame);
  nghttp2_session_callbacks_set_before_frame_send_callback(all, before_frame_sent);
  nghttp2_session_callbacks_set_on_frame_send_callback(all, on_frame_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_closed);
  nghttp2_session_callbacks_set_send_data_callback(all, send_content);
  return all;
}

void Endpoint::Callbacks::note_received(Endpoint& endpoint, const nghttp2_frame& frame) {
  const StreamId id = stream_of(frame);
  const bool acknowledges = (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0;
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
      if (Stream* stream = endpoint.find(id)) {
        stream->peer_ended = ends_stream(frame);
        endpoint.events_.emplace_back(
            HeadersReceived{id, endpoint.section_.take(), ends_stream(frame),
                            endpoint.section_.is_trailers(), endpoint.section_.refused()});
        ++endpoint.heads_;
      }
      break;
    case NGHTTP2_PUSH_PROMISE:
      endpoint.events_.emplace_back(
          PromiseReceived{id, stream_of_fields(frame), endpoint.section_.take()});
      break;
    case NGHTTP2_DATA:
      if (Stream* stream = endpoint.find(id); stream != nullptr && ends_stream(frame)) {
        stream->peer_ended = true;
        endpoint.events_.emplace_back(ContentEnded{id});
      }
      break;
    case NGHTTP2_SETTINGS:
      if (acknowledges) {
        endpoint.settings_acknowledged_ = true;
      } else {
        endpoint.take_back_promises();
      }
      break;
    case NGHTTP2_PING:
      if (acknowledges) endpoint.events_.emplace_back(PingAcknowledged{});
      break;
    case NGHTTP2_GOAWAY:
      endpoint.events_.emplace_back(
          GoawayReceived{static_cast<StreamId>(frame.goaway.last_stream_id),
                         static_cast<ErrorCode>(frame.goaway.error_code)});
      break;
    default:
      break;
  }
}

}  // namespace muxlab::http2
