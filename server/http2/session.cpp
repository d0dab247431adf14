#include "server/http2/session.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "common/http/method.h"

namespace muxlab::server::http2 {

using muxlab::http2::ErrorCode;
using muxlab::http2::HeadersReceived;
using muxlab::http2::PingAcknowledged;
using muxlab::http2::Role;
using muxlab::http2::StreamClosed;
using muxlab::http2::StreamId;

namespace {

// nghttp2 has already held the field section against RFC 9113 section 8: pseudo-header fields
// first, each once, none missing.
http::Request request_from(const HeadersReceived& received) {
  http::Request request;
  request.protocol = Protocol::http2;
  request.stream = received.stream;
  for (const auto [name, value] : received.fields) {
    if (name == ":method") {
      request.method = value;
    } else if (name == ":path") {
      request.target = value;
    } else if (name == ":authority") {
      request.authority = value;
    } else if (!name.starts_with(':')) {
      if (name == "host" && request.authority.empty()) request.authority = value;
      request.headers.add(name, value);
    }
  }
  return request;
}

// A request's field section begins with a pseudo-header field, trailers have none.
bool opens_request(const HeadersReceived& received) {
  return !received.fields.empty() && received.fields[0].name.starts_with(':');
}

// What nghttp2 leaves to us of RFC 9113 section 8.3.1: no userinfo, and a Host that agrees.
bool has_sound_authority(const http::Request& request) {
  const auto host = request.headers.find("host");
  return request.authority.find('@') == std::string::npos && (!host || *host == request.authority);
}

}  // namespace

Session::Session(const http::Service& service, const ConnectionFacts& connection,
                 const Options& options, Instant now)
    : service_(service),
      connection_(connection),
      options_(options),
      endpoint_(Role::server, options.endpoint),
      connection_timing_(fmt::format("conn;desc=\"c{}\"", connection.id)),
      latest_(now),
      last_progress_(now),
      settings_deadline_(now + options.settings_timeout) {}

Session::~Session() {
  for (const auto& [stream, logged] : logged_) log(stream, logged, 0, false);
}

Status Session::receive(Bytes plaintext, Instant now) {
  Status status = endpoint_.receive(plaintext);
  handle_events(now);
  return status;
}

bool Session::wants_input() const {
  return endpoint_.queued_frames() < queued_frames_limit;
}

void Session::input_ended(Instant) {
  input_ended_ = true;
}

std::size_t Session::produce(ByteQueue& out, std::size_t limit, Instant now) {
  const std::size_t produced = endpoint_.produce(out, limit);
  handle_events(now);
  return produced;
}

void Session::advance(Instant now) {
  if (!endpoint_.settings_acknowledged() && now >= settings_deadline_) {
    return endpoint_.terminate(ErrorCode::settings_timeout);
  }
  if (phase_ == Phase::notified && now >= notice_deadline_) finish_shutdown();
  if (endpoint_.open_streams() > 0) {
    if (now >= last_progress_ + options_.stall_timeout) {
      endpoint_.terminate(ErrorCode::enhance_your_calm);
    }
  } else if (now >= last_progress_ + options_.idle_timeout) {
    finish_shutdown();
  }
}

std::optional<Instant> Session::next_event() const {
  if (finished()) return std::nullopt;
  std::optional<Instant> next =
      last_progress_ +
      (endpoint_.open_streams() > 0 ? options_.stall_timeout : options_.idle_timeout);
  if (!endpoint_.settings_acknowledged()) next = earliest(next, settings_deadline_);
  if (phase_ == Phase::notified) next = earliest(next, notice_deadline_);
  return next;
}

void Session::shut_down(Instant now) {
  if (phase_ != Phase::serving) return;
  phase_ = Phase::notified;
  notice_deadline_ = now + options_.shutdown_notice_timeout;
  endpoint_.announce_shutdown();
}

void Session::finish_shutdown() {
  if (phase_ == Phase::going_away) return;
  phase_ = Phase::going_away;
  endpoint_.go_away();
}

bool Session::finished() const {
  return endpoint_.finished() || (input_ended_ && !endpoint_.has_output());
}

void Session::handle_events(Instant now) {
  latest_ = now;
  if (endpoint_.message_frames() != seen_message_frames_) {
    seen_message_frames_ = endpoint_.message_frames();
    last_progress_ = now;
  }
  for (const muxlab::http2::Event& event : endpoint_.take_events()) {
    if (const auto* received = std::get_if<HeadersReceived>(&event)) {
      answer(*received, now);
    } else if (const auto* closed = std::get_if<StreamClosed>(&event)) {
      log_closed(*closed);
    } else if (std::holds_alternative<PingAcknowledged>(event)) {
      if (phase_ == Phase::notified) finish_shutdown();
    }
    // Content and trailers of a request are not wanted yet: they are read past, within the windows.
  }
}

void Session::answer(const HeadersReceived& received, Instant now) {
  if (!opens_request(received)) return;
  http::Request request = request_from(received);
  if (!has_sound_authority(request)) {
    return endpoint_.reset(received.stream, ErrorCode::protocol_error);
  }
  request.connection = &connection_;
  request.nth = ++requests_;

  http::Response response;
  if (http::is_known_method(request.method) && request.method != "CONNECT") {
    http::Responder responder;
    service_.handler.answer(request, responder);
    response = responder.take();
  } else {
    response = http::text_response(501, "text/plain; charset=utf-8",
                                   fmt::format("{} is not implemented here.\n", request.method));
  }
  if (service_.log != nullptr) {
    logged_[request.stream] = {request.method, request.target, request.nth, response.status, now};
  }
  respond(request, std::move(response));
}

void Session::respond(const http::Request& request, http::Response response) {
  http::Headers& fields = response.headers;
  fields.add("date", service_.date.text());
  if (response.content_length && http::may_have_content(response.status)) {
    fields.add("content-length", fmt::format_int(*response.content_length).str());
  }
  // Two fields rather than one list: the first is the same all along, so HPACK makes it a single
  // byte.
  fields.add("server-timing", connection_timing_);
  fields.add("server-timing", fmt::format("stream;desc=\"{}\"", request.stream));
  const bool with_content = request.method != "HEAD" && http::may_have_content(response.status);
  endpoint_.respond(request.stream, response.status, fields,
                    with_content ? std::move(response.body) : nullptr);
}

void Session::log_closed(const StreamClosed& closed) {
  const auto found = logged_.find(closed.stream);
  if (found == logged_.end()) return;
  log(closed.stream, found->second, closed.sent_bytes, closed.sent_whole);
  logged_.erase(found);
}

void Session::log(StreamId stream, const Logged& logged, std::uint64_t sent_bytes, bool complete) {
  (*service_.log)({.connection = connection_,
                   .protocol = Protocol::http2,
                   .nth = logged.nth,
                   .stream = stream,
                   .method = logged.method,
                   .target = logged.target,
                   .status = logged.status,
                   .body_bytes = sent_bytes,
                   .took = latest_ - logged.received,
                   .complete = complete});
}

}  // namespace muxlab::server::http2
