#include "common/http2/endpoint.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace muxlab::http2 {
namespace {

constexpr std::size_t frame_header_bytes = 9;  // RFC 9113 section 4.1

// A DATA frame is not begun in less room than this, unless the content is shorter: better a new
// block than a sliver of a frame.
constexpr std::size_t least_data_bytes = 1024;

// What RFC 9113 section 6.5.2 counts for each field on top of its text.
constexpr std::size_t field_overhead_bytes = 32;

constexpr std::int32_t last_possible_stream = 0x7fffffff;  // RFC 9113 section 6.8

nghttp2_nv name_value(std::string_view name, std::string_view value) {
  // nghttp2 copies both: its interface only lacks the const.
  return {const_cast<std::uint8_t*>(bytes_of(name).data()),
          const_cast<std::uint8_t*>(bytes_of(value).data()), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

void add_fields(std::vector<nghttp2_nv>& to, const http::Headers& fields) {
  for (const auto [name, value] : fields) to.push_back(name_value(name, value));
}

struct FreeOption {
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

std::unique_ptr<nghttp2_option, FreeOption> make_option() {
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);
  nghttp2_option_set_no_closed_streams(option, 1);
  return std::unique_ptr<nghttp2_option, FreeOption>{option};
}

void submit_settings(nghttp2_session* session, Role role, const EndpointOptions& options) {
  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window_bytes},
      {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, options.header_table_bytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options.header_list_bytes},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  if (role == Role::client) settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(options.connection_window_bytes));
}

bool ends_stream(const nghttp2_frame& frame) {
  return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

bool carries_message(const nghttp2_frame& frame) {
  return frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
}

StreamId stream_of(const nghttp2_frame& frame) {
  return static_cast<StreamId>(frame.hd.stream_id);
}

}  // namespace

// nghttp2 calls these from inside mem_recv and mem_send. They only note what happened: none calls
// back into whoever owns the endpoint.
struct Endpoint::Callbacks {
  static Endpoint& self(void* user_data) { return *static_cast<Endpoint*>(user_data); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Stream& stream = self(user_data).streams_[stream_of(*frame)];
    stream.incoming.clear();
    stream.incoming_bytes = 0;
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_bytes, const std::uint8_t* value, std::size_t value_bytes,
                       std::uint8_t, void* user_data) {
    Endpoint& endpoint = self(user_data);
    Stream* stream = endpoint.find(stream_of(*frame));
    if (stream == nullptr) return 0;
    stream->incoming_bytes += name_bytes + value_bytes + field_overhead_bytes;
    if (stream->incoming_bytes > endpoint.options_.header_list_bytes ||
        stream->incoming.size() == endpoint.options_.header_fields) {
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // resets the stream, skips the rest
    }
    stream->incoming.add(text_of({name, name_bytes}), text_of({value, value_bytes}));
    return 0;
  }

  static int on_frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Endpoint& endpoint = self(user_data);
    const StreamId id = stream_of(*frame);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        if (Stream* stream = endpoint.find(id)) {
          stream->peer_ended = ends_stream(*frame);
          endpoint.events_.push_back(
              HeadersReceived{id, std::exchange(stream->incoming, {}), ends_stream(*frame)});
          ++endpoint.message_frames_;
        }
        break;
      case NGHTTP2_DATA:
        if (Stream* stream = endpoint.find(id); stream != nullptr && ends_stream(*frame)) {
          stream->peer_ended = true;
          endpoint.events_.push_back(ContentEnded{id});
        }
        break;
      case NGHTTP2_SETTINGS:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) endpoint.settings_acknowledged_ = true;
        break;
      case NGHTTP2_PING:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
          endpoint.events_.push_back(PingAcknowledged{});
        }
        break;
      case NGHTTP2_GOAWAY:
        endpoint.events_.push_back(
            GoawayReceived{static_cast<StreamId>(frame->goaway.last_stream_id),
                           static_cast<ErrorCode>(frame->goaway.error_code)});
        break;
      default:
        break;
    }
    return 0;
  }

  static int on_content(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                        std::size_t count, void* user_data) {
    Endpoint& endpoint = self(user_data);
    Stream* stream = endpoint.find(static_cast<StreamId>(id));
    if (stream == nullptr) return 0;
    ++endpoint.message_frames_;
    stream->received_bytes += count;
    endpoint.refuse_the_rest(static_cast<StreamId>(id), *stream);
    endpoint.events_.push_back(ContentReceived{static_cast<StreamId>(id), {bytes, count}});
    return 0;
  }

  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Endpoint& endpoint = self(user_data);
    // nghttp2 would send a PING submitted together with the notice before it.
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.last_stream_id == last_possible_stream) {
      endpoint.ping();
    }
    if (!carries_message(*frame)) return 0;
    ++endpoint.message_frames_;
    Stream* stream = endpoint.find(stream_of(*frame));
    if (stream == nullptr || !ends_stream(*frame)) return 0;
    stream->sent_whole = true;
    stream->body.reset();
    endpoint.refuse_the_rest(stream_of(*frame), *stream);
    return 0;
  }

  static int on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t code,
                              void* user_data) {
    Endpoint& endpoint = self(user_data);
    const auto stream = endpoint.streams_.find(static_cast<StreamId>(id));
    if (stream == endpoint.streams_.end()) return 0;
    endpoint.events_.push_back(StreamClosed{stream->first, static_cast<ErrorCode>(code),
                                            stream->second.sent_bytes, stream->second.sent_whole});
    endpoint.streams_.erase(stream);
    return 0;
  }

  // Content is read straight to where it will be sent from, behind the room for its frame header;
  // send_content fills that in. nghttp2 calls the two one after the other, and nothing is appended
  // between.
  static ssize_t read_content(nghttp2_session*, std::int32_t id, std::uint8_t*, std::size_t most,
                              std::uint32_t* flags, nghttp2_data_source*, void* user_data) {
    Endpoint& endpoint = self(user_data);
    Stream* stream = endpoint.find(static_cast<StreamId>(id));
    assert(stream != nullptr && stream->body != nullptr && endpoint.out_ != nullptr);
    endpoint.frame_room_ =
        endpoint.out_->reserve(frame_header_bytes + std::min(most, least_data_bytes));
    const MutableBytes payload = endpoint.frame_room_.subspan(frame_header_bytes);
    const http::ReadOutcome outcome =
        stream->body->read(payload.first(std::min(most, payload.size())));
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    switch (outcome.kind) {
      case http::ReadOutcome::Kind::some:
        break;
      case http::ReadOutcome::Kind::end:
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        break;
      case http::ReadOutcome::Kind::waiting:
        return NGHTTP2_ERR_DEFERRED;
      case http::ReadOutcome::Kind::failed:
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    return static_cast<ssize_t>(outcome.bytes);
  }

  static int send_content(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* header,
                          std::size_t count, nghttp2_data_source*, void* user_data) {
    Endpoint& endpoint = self(user_data);
    assert(frame->data.padlen == 0);  // we never ask for padding
    std::copy_n(header, frame_header_bytes, endpoint.frame_room_.begin());
    endpoint.out_->commit(frame_header_bytes + count);
    if (Stream* stream = endpoint.find(stream_of(*frame))) stream->sent_bytes += count;
    return endpoint.out_->size() < endpoint.out_end_ ? 0 : NGHTTP2_ERR_PAUSE;
  }

  static nghttp2_session_callbacks* make() {
    nghttp2_session_callbacks* all = nullptr;
    nghttp2_session_callbacks_new(&all);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_content);
    nghttp2_session_callbacks_set_on_frame_send_callback(all, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_closed);
    nghttp2_session_callbacks_set_send_data_callback(all, send_content);
    return all;
  }
};

void Endpoint::Free::operator()(nghttp2_session* session) const {
  nghttp2_session_del(session);
}

Endpoint::Endpoint(Role role, const EndpointOptions& options) : role_(role), options_(options) {
  // Both are the same for every connection and never change.
  static nghttp2_session_callbacks* const callbacks = Callbacks::make();
  static const auto option = make_option();
  nghttp2_session* session = nullptr;
  if (role == Role::server) {
    nghttp2_session_server_new2(&session, callbacks, this, option.get());
  } else {
    nghttp2_session_client_new2(&session, callbacks, this, option.get());
  }
  session_.reset(session);
  submit_settings(session, role, options_);
}

Endpoint::~Endpoint() = default;

Status Endpoint::receive(Bytes bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(session_.get(), bytes.data(), bytes.size());
  if (taken >= 0) return Done{};
  failed_ = true;
  return Failure{fmt::format("HTTP/2: {}", nghttp2_strerror(static_cast<int>(taken)))};
}

std::size_t Endpoint::produce(ByteQueue& out, std::size_t limit) {
  const std::size_t before = out.size();
  out_ = &out;
  out_end_ = before + limit;
  while (out.size() < out_end_) {
    const std::uint8_t* frame = nullptr;
    const ssize_t count = nghttp2_session_mem_send(session_.get(), &frame);
    if (count < 0) failed_ = true;
    if (count <= 0) break;  // nothing to say, or paused by send_content
    out.append({frame, static_cast<std::size_t>(count)});
  }
  out.commit(0);  // a reservation that was not used gives its block back
  out_ = nullptr;
  frame_room_ = {};
  return out.size() - before;
}

std::vector<Event> Endpoint::take_events() {
  return std::exchange(events_, {});
}

Result<StreamId> Endpoint::request(const http::Headers& fields, std::unique_ptr<http::Body> body) {
  assert(role_ == Role::client);
  std::vector<nghttp2_nv> all;
  add_fields(all, fields);
  const nghttp2_data_provider provider{{.ptr = nullptr}, Callbacks::read_content};
  const std::int32_t id = nghttp2_submit_request(session_.get(), nullptr, all.data(), all.size(),
                                                 body ? &provider : nullptr, nullptr);
  if (id < 0) return Failure{fmt::format("no new stream: {}", nghttp2_strerror(id))};
  streams_[static_cast<StreamId>(id)].body = std::move(body);
  return static_cast<StreamId>(id);
}

void Endpoint::respond(StreamId id, int status, const http::Headers& fields,
                       std::unique_ptr<http::Body> body) {
  Stream* stream = find(id);
  if (stream == nullptr) return;
  const fmt::format_int status_text{status};
  std::vector<nghttp2_nv> all;
  all.reserve(fields.size() + 1);
  all.push_back(name_value(":status", {status_text.data(), status_text.size()}));
  add_fields(all, fields);
  const nghttp2_data_provider provider{{.ptr = nullptr}, Callbacks::read_content};
  stream->body = std::move(body);
  nghttp2_submit_response(session_.get(), static_cast<std::int32_t>(id), all.data(), all.size(),
                          stream->body ? &provider : nullptr);
}

void Endpoint::reset(StreamId stream, ErrorCode code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream),
                            static_cast<std::uint32_t>(code));
}

void Endpoint::resume(StreamId stream) {
  nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream));
}

void Endpoint::ping() {
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
}

void Endpoint::announce_shutdown() {
  nghttp2_submit_shutdown_notice(session_.get());
}

void Endpoint::go_away() {
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR,
                        nullptr, 0);
}

void Endpoint::terminate(ErrorCode code) {
  nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(code));
}

bool Endpoint::has_output() const {
  return !failed_ && nghttp2_session_want_write(session_.get()) != 0;
}

bool Endpoint::finished() const {
  return failed_ || (nghttp2_session_want_read(session_.get()) == 0 &&
                     nghttp2_session_want_write(session_.get()) == 0);
}

std::size_t Endpoint::queued_frames() const {
  return nghttp2_session_get_outbound_queue_size(session_.get());
}

Endpoint::Stream* Endpoint::find(StreamId stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : &found->second;
}

// The answer is out and too much of the request still comes: ask for no more of it (RFC 9113
// section 8.1).
void Endpoint::refuse_the_rest(StreamId id, const Stream& stream) {
  if (role_ == Role::server && stream.sent_whole && !stream.peer_ended &&
      stream.received_bytes > options_.unwanted_content_bytes) {
    reset(id, ErrorCode::no_error);
  }
}

std::string nghttp2_library_version() {
  return nghttp2_version(0)->version_str;
}

}  // namespace muxlab::http2
