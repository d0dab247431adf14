#include "common/http2/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "common/http2/endpoint_callbacks.h"
#include "common/http2/nghttp2.h"

namespace muxlab::http2 {
namespace {

nghttp2_nv name_value(std::string_view name, std::string_view value,
                      std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  // nghttp2 copies both: its interface only lacks the const.
  return {const_cast<std::uint8_t*>(bytes_of(name).data()),
          const_cast<std::uint8_t*>(bytes_of(value).data()), name.size(), value.size(), flags};
}

void add_fields(std::vector<nghttp2_nv>& to, const http::Headers& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    to.push_back(name_value(
        name, value, fields.is_passing(i) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE));
  }
}

void add_status(std::vector<nghttp2_nv>& to, const fmt::format_int& status) {
  to.push_back(name_value(":status", {status.data(), status.size()}));
}

// Of a limit that our own is below.
constexpr std::uint32_t out_of_reach = 1'000'000;

struct FreeOption {
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

std::unique_ptr<nghttp2_option, FreeOption> make_option(Role role, const EndpointOptions& options) {
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);
#if !MUXLAB_NGHTTP2_SINCE(1, 65)  // none are kept from there on
  nghttp2_option_set_no_closed_streams(option, 1);
#endif
  nghttp2_option_set_no_auto_window_update(option, role == Role::server ? 1 : 0);
  nghttp2_option_set_max_deflate_dynamic_table_size(option, options.header_table_bytes);
  // Floods are ours to end, by ENHANCE_YOUR_CALM and by one count for all versions: nghttp2 would
  // say INTERNAL_ERROR or nothing, or count what we count already.
  nghttp2_option_set_stream_reset_rate_limit(option, out_of_reach, out_of_reach);
  nghttp2_option_set_max_outbound_ack(option, out_of_reach);
  nghttp2_option_set_max_continuations(option, continuations_limit + 1);  // it counts HEADERS
#if MUXLAB_NGHTTP2_SINCE(1, 67)
  nghttp2_option_set_glitch_rate_limit(option, out_of_reach, out_of_reach);
#endif
#if MUXLAB_NGHTTP2_SINCE(1, 71)  // not tried: it is to come
  nghttp2_option_set_max_outbound_queue_size(option, out_of_reach);
#endif
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
  if (role == Role::client) {
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, options.enable_push ? 1U : 0U});
  }
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(options.connection_window_bytes));
}

}  // namespace

void Endpoint::Free::operator()(nghttp2_session* session) const {
  nghttp2_session_del(session);
}

Endpoint::Endpoint(Role role, const EndpointOptions& options)
    : role_(role),
      options_(options),
      section_({.bytes = options.header_list_bytes,
                .fields = options.header_fields,
                .hopeless_factor = role == Role::server ? http::hopeless_factor : 1}),
      watch_(role) {
  // The same for every connection, and unchanging.
  static nghttp2_session_callbacks* const callbacks = Callbacks::make();
  const auto option = make_option(role, options);
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
  if (ended_by_rules_) return Done{};
  const Bytes in_order = bytes.first(watch_.received(bytes));
  for (const OldPriorityReceived& priority : watch_.take_old_priorities()) {
    events_.emplace_back(priority);
  }
  const nghttp2_ssize taken =
      nghttp2_session_mem_recv2(session_.get(), in_order.data(), in_order.size());
  if (taken < 0) {
    failed_ = true;
    return Failure{fmt::format("HTTP/2: {}", nghttp2_strerror(static_cast<int>(taken)))};
  }
  hold_to_rules();
  return Done{};
}

bool Endpoint::hold_to_rules() {
  const std::optional<ErrorCode> fault =
      flow_control_broken_ ? ErrorCode::flow_control_error : watch_.fault();
  if (!fault || std::exchange(ended_by_rules_, true)) return false;
  terminate(*fault);
  return true;
}

std::size_t Endpoint::produce(ByteQueue& out, std::size_t limit) {
  const std::size_t before = out.size();
  out_ = &out;
  out_end_ = before + limit;
  ask_the_waiting_again();
  append_frames(out);
  if (hold_to_rules()) append_frames(out);  // by a reset among them: what it says, or what it costs
  out.commit(0);                            // a reservation that was not used gives its block back
  out_ = nullptr;
  frame_room_ = {};
  return out.size() - before;
}

void Endpoint::append_frames(ByteQueue& out) {
  while (out.size() < out_end_) {
    const std::uint8_t* frame = nullptr;
    const nghttp2_ssize count = nghttp2_session_mem_send2(session_.get(), &frame);
    if (count < 0) failed_ = true;
    if (count <= 0) break;  // nothing to say, or paused by send_content
    out.append({frame, static_cast<std::size_t>(count)});
  }
}

// One that is gone meanwhile is no error.
void Endpoint::ask_the_waiting_again() {
  for (const StreamId stream : std::exchange(waiting_, {})) {
    nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream));
  }
}

std::vector<Event> Endpoint::take_events() {
  return std::exchange(events_, {});
}

Result<StreamId> Endpoint::request(const http::Headers& fields, std::unique_ptr<http::Body> body,
                                   http::Headers trailers) {
  assert(role_ == Role::client);
  std::vector<nghttp2_nv> all;
  add_fields(all, fields);
  const nghttp2_data_provider2 provider{{.ptr = nullptr}, Callbacks::read_content};
  const std::int32_t id = nghttp2_submit_request2(session_.get(), nullptr, all.data(), all.size(),
                                                  body ? &provider : nullptr, nullptr);
  if (id < 0) return Failure{fmt::format("no new stream: {}", nghttp2_strerror(id))};
  Stream& stream = streams_[static_cast<StreamId>(id)];
  stream.body = std::move(body);
  stream.trailers = std::move(trailers);
  return static_cast<StreamId>(id);
}

std::uint32_t Endpoint::peer_max_concurrent_streams() const {
  return nghttp2_session_get_remote_settings(session_.get(),
                                             NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

void Endpoint::inform(StreamId id, int status, const http::Headers& fields) {
  if (find(id) == nullptr) return;
  const fmt::format_int status_text{status};
  std::vector<nghttp2_nv> all;
  add_status(all, status_text);
  add_fields(all, fields);
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id), nullptr,
                         all.data(), all.size(), nullptr);
}

void Endpoint::respond(StreamId id, int status, const http::Headers& fields,
                       std::unique_ptr<http::Body> body, http::Headers trailers) {
  Stream* stream = find(id);
  if (stream == nullptr) return;
  const fmt::format_int status_text{status};
  std::vector<nghttp2_nv> all;
  all.reserve(fields.size() + 1);
  add_status(all, status_text);
  add_fields(all, fields);
  if (body == nullptr && !trailers.empty()) {
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                           nullptr, all.data(), all.size(), nullptr);
    return submit_trailers(id, trailers);
  }
  const nghttp2_data_provider2 provider{{.ptr = nullptr}, Callbacks::read_content};
  stream->body = std::move(body);
  stream->trailers = std::move(trailers);
  nghttp2_submit_response2(session_.get(), static_cast<std::int32_t>(id), all.data(), all.size(),
                           stream->body ? &provider : nullptr);
}

bool Endpoint::may_push() const {
  return nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_ENABLE_PUSH) != 0 &&
         peer_max_concurrent_streams() > 0;
}

// The client lets no more streams of ours begin: promises that wait would wait for ever.
void Endpoint::take_back_promises() {
  if (role_ == Role::client || peer_max_concurrent_streams() > 0) return;
  for (const auto& [id, stream] : streams_) {
    const bool promised = id % 2 == 0;
    if (promised && !stream.sent_headers) reset(id, ErrorCode::cancel);
  }
}

Result<StreamId> Endpoint::promise(StreamId parent, const http::Headers& fields) {
  assert(role_ == Role::server);
  std::vector<nghttp2_nv> all;
  add_fields(all, fields);
  const std::int32_t id = nghttp2_submit_push_promise(session_.get(), NGHTTP2_FLAG_NONE,
                                                      static_cast<std::int32_t>(parent), all.data(),
                                                      all.size(), nullptr);
  if (id < 0) return Failure{fmt::format("no promise: {}", nghttp2_strerror(id))};
  ++promised_streams_;
  streams_[static_cast<StreamId>(id)].peer_ended = true;  // a promised request has no content
  return static_cast<StreamId>(id);
}

void Endpoint::prioritize(StreamId stream, http::Priority priority) {
  const nghttp2_extpri wish{static_cast<std::uint32_t>(priority.urgency), priority.incremental};
  constexpr int ignore_client_from_now_on = 1;
  nghttp2_session_change_extpri_stream_priority(session_.get(), static_cast<std::int32_t>(stream),
                                                &wish, ignore_client_from_now_on);
}

void Endpoint::consume(StreamId stream, std::size_t bytes) {
  nghttp2_session_consume(session_.get(), static_cast<std::int32_t>(stream), bytes);
}

void Endpoint::discard(StreamId id, std::size_t bytes) {
  Stream* stream = find(id);
  if (stream == nullptr) return consume(id, bytes);
  stream->unwanted_bytes += bytes;
  if (stream->unwanted_bytes < options_.unwanted_content_bytes) return consume(id, bytes);
  nghttp2_session_consume_connection(session_.get(), bytes);
  refuse_the_rest(id, *stream);
}

void Endpoint::reset(StreamId stream, ErrorCode code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream),
                            static_cast<std::uint32_t>(code));
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

void Endpoint::submit_trailers(StreamId id, const http::Headers& trailers) {
  std::vector<nghttp2_nv> all;
  add_fields(all, trailers);
  nghttp2_submit_trailer(session_.get(), static_cast<std::int32_t>(id), all.data(), all.size());
}

// The answer is out and too much of the request still comes: ask for no more of it (RFC 9113
// section 8.1).
void Endpoint::refuse_the_rest(StreamId id, const Stream& stream) {
  if (role_ == Role::server && stream.sent_whole && !stream.peer_ended &&
      stream.unwanted_bytes >= options_.unwanted_content_bytes) {
    reset(id, ErrorCode::no_error);
  }
}

std::string nghttp2_library_version() {
  return nghttp2_version(0)->version_str;
}

}  // namespace muxlab::http2
