#include "server/http2/session.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "common/http/authority.h"
#include "common/http/target.h"
#include "server/http2/request_faults.h"

namespace muxlab::server::http2 {

using muxlab::http2::ContentEnded;
using muxlab::http2::ContentReceived;
using muxlab::http2::ErrorCode;
using muxlab::http2::HeadersReceived;
using muxlab::http2::PingAcknowledged;
using muxlab::http2::Role;
using muxlab::http2::StreamClosed;
using muxlab::http2::StreamId;

namespace {

// What respond() adds: date, content-length and two of server-timing.
constexpr std::size_t added_fields = 4;
constexpr std::size_t added_fields_bytes = 160;

// What the pseudo-header fields say. nghttp2 has already held the field section against RFC 9113
// section 8: they come first, each once, none missing.
http::Request request_line_of(const HeadersReceived& received) {
  http::Request request;
  request.protocol = Protocol::http2;
  request.stream = received.stream;
  for (const auto [name, value] : received.fields) {
    if (!name.starts_with(':')) break;
    if (name == ":method") {
      request.method = value;
    } else if (name == ":path") {
      request.target = value;
    } else if (name == ":authority") {
      request.authority = value;
    }
  }
  return request;
}

// The rest of the fields go from one to the other; a browser's are too many to be copied.
void move_fields(http::Headers& received, http::Request& request) {
  std::size_t pseudo_fields = 0;
  while (pseudo_fields < received.size() && received[pseudo_fields].name.starts_with(':')) {
    ++pseudo_fields;
  }
  request.headers = std::move(received);
  request.headers.drop_first(pseudo_fields);
  if (request.authority.empty()) request.authority = request.headers.find("host").value_or("");
}

// How a request that will not be taken further is answered.
http::Response refusal(const http::Refusal& why) {
  return http::text_response(why.status, "text/plain; charset=utf-8",
                             std::string{why.reason} + "\n");
}

constexpr http::Refusal too_large{413, "The content is too large."};

// The length that the request's content is said to have; none when it isn't said. nghttp2 has
// checked that it is a number.
std::optional<std::uint64_t> declared_length(const http::Request& request) {
  const auto text = request.headers.find("content-length");
  std::uint64_t length = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), length).ec != std::errc{}) {
    return std::nullopt;
  }
  return length;
}

// What nghttp2 leaves to us of RFC 9113 section 8.3.1: no userinfo, and a Host that names the same.
bool has_sound_authority(const http::Request& request, bool secure) {
  const auto host = request.headers.find("host");
  if (request.authority.empty()) return !host || host->empty();
  const auto authority = http::parse_authority(request.authority);
  if (!authority || !host) return authority.has_value();
  const auto named = http::parse_authority(*host);
  return named && http::are_same(*authority, *named, http::default_port(secure));
}

}  // namespace

Session::Session(const http::Service& service, const ConnectionFacts& connection,
                 const Options& options, Instant now)
    : service_(service),
      connection_(connection),
      options_(options),
      endpoint_(Role::server, options.endpoint),
      connection_timing_(fmt::format("conn;desc=\"c{}\"", connection.id)),
      forgiveness_(now),
      latest_(now),
      last_progress_(now),
      settings_deadline_(now + options.settings_timeout) {}

Session::~Session() {
  for (const auto& [stream, exchange] : exchanges_) log(exchange, 0, false);
}

Status Session::receive(Bytes plaintext, Instant now) {
  endpoint_.forgive(forgiveness_.since_last(now));
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
  std::size_t produced = 0;
  do {
    produced += endpoint_.produce(out, limit - produced);
    has_more_to_say_ = produced >= limit;
    handle_events(now);
  } while (std::exchange(next_has_turn_, false) && !has_more_to_say_);
  return produced;
}

// Events --------------------------------------------------------------------------------------

void Session::handle_events(Instant now) {
  latest_ = now;
  for (muxlab::http2::Event& event : endpoint_.take_events()) {
    std::visit([this, now](auto& happened) { handle(happened, now); }, event);
  }
  note_progress(now);
  if (const std::uint64_t open_head = endpoint_.open_header_block(); open_head != head_) {
    head_ = open_head;
    head_since_ = open_head != 0 ? std::optional{now} : std::nullopt;
  }
}

void Session::handle(HeadersReceived& received, Instant now) {
  if (received.is_trailers) return end_upload(received, now);
  if (!endpoint_.is_open(received.stream)) return;  // reset in the same breath (CVE-2023-44487)
  if (options_.scheduler == Scheduler::fifo) queue_.insert(received.stream);
  http::Request request = request_line_of(received);
  if (const auto* fault = fault_in(received, request)) {
    request.connection = &connection_;
    request.nth = ++requests_;
    return answer({.request = std::move(request), .received = now}, refusal(*fault), now);
  }
  move_fields(received.fields, request);
  if (!has_sound_authority(request, connection_.tls.has_value())) {
    return endpoint_.reset(received.stream, ErrorCode::protocol_error);
  }
  begin(std::move(request), !received.end_stream, now);
}

void Session::handle(const ContentReceived& received, Instant now) {
  const auto found = exchanges_.find(received.stream);
  if (found == exchanges_.end() || !found->second.upload) {
    return endpoint_.discard(received.stream, received.content.size());
  }
  endpoint_.consume(received.stream, received.content.size());
  last_progress_ = now;
  Exchange& exchange = found->second;
  exchange.upload_bytes += received.content.size();
  exchange.pace->progressed(received.content.size(), now);
  if (exchange.upload_bytes <= exchange.upload->most_bytes) {
    return exchange.upload->content(received.content);
  }
  exchange.upload.reset();
  answer(std::move(exchanges_.extract(found).mapped()), refusal(too_large), now);
}

void Session::handle(const ContentEnded& ended, Instant now) {
  end_upload(ended.stream, {}, now);
}

void Session::handle(const StreamClosed& closed, Instant now) {
  if (const auto found = exchanges_.find(closed.stream); found != exchanges_.end()) {
    log(found->second, closed.sent_bytes, closed.sent_whole);
    if (found->second.thinking) --thinking_;
    exchanges_.erase(found);
  }
  if (queue_.erase(closed.stream) > 0) next_has_turn_ = answer_what_is_due(now) || next_has_turn_;
}

void Session::handle(const PingAcknowledged&, Instant) {
  if (phase_ == Phase::notified) finish_shutdown();
}

// Requests and answers ------------------------------------------------------------------------

void Session::begin(http::Request&& request, bool content_follows, Instant now) {
  request.connection = &connection_;
  request.nth = ++requests_;
  Exchange exchange{.request = std::move(request), .received = now};
  if (const auto* fault = http::fault_in_method(exchange.request.method)) {
    return answer(std::move(exchange), refusal(*fault), now);
  }
  const http::Expectations expected = expectations_of(exchange.request);
  if (expected.unknown) {
    return answer(std::move(exchange), refusal(http::unknown_expectation), now);
  }
  http::Responder responder;
  service_.handler.answer(exchange.request, responder);
  exchange.upload = responder.take_upload();
  if (!exchange.upload) return answer(std::move(exchange), responder.take(), now);
  if (declared_length(exchange.request).value_or(0) > exchange.upload->most_bytes) {
    exchange.upload.reset();
    return answer(std::move(exchange), refusal(too_large), now);
  }
  const StreamId stream = exchange.request.stream;
  // Where no content is wanted the answer is enough: the client ends its stream by itself. To reset
  // it here makes curl 7.88 report a failure.
  if (expected.to_continue && content_follows) endpoint_.inform(stream, 100, {});
  exchange.pace.emplace(options_.stall_timeout, now);
  remember(std::move(exchange));
  if (!content_follows) end_upload(stream, {}, now);
}

void Session::end_upload(const HeadersReceived& received, Instant now) {
  const Trailers trailers = trailers_from(received);
  if (trailers.refused == nullptr) return end_upload(received.stream, trailers.fields, now);
  const auto found = exchanges_.find(received.stream);
  if (found == exchanges_.end() || !found->second.upload) return;
  found->second.upload.reset();
  answer(std::move(exchanges_.extract(found).mapped()), refusal(*trailers.refused), now);
}

void Session::end_upload(StreamId stream, const http::Headers& trailers, Instant now) {
  const auto found = exchanges_.find(stream);
  if (found == exchanges_.end() || !found->second.upload) return;
  Exchange exchange = std::move(exchanges_.extract(found).mapped());
  const http::Upload upload = *std::exchange(exchange.upload, std::nullopt);
  answer(std::move(exchange), upload.ended(trailers), now);
}

void Session::answer(Exchange&& exchange, http::Response&& response, Instant now) {
  exchange.status = response.status;
  if (response.companions) {
    hint(exchange.request, *response.companions);
    push(exchange.request, *response.companions, now);
  }
  if (response.delay > Duration::zero() || !has_its_turn(exchange.request.stream)) {
    exchange.due = now + response.delay;
    exchange.thinking = std::move(response);
    ++thinking_;
    return remember(std::move(exchange));
  }
  respond(exchange.request, std::move(response));
  if (service_.log != nullptr) remember(std::move(exchange));
}

void Session::respond(const http::Request& request, http::Response&& response) {
  http::Headers& fields = response.headers;
  const std::string_view content_type = fields.find("content-type").value_or("");
  if (const auto priority = priority_for(options_.scheduler, content_type)) {
    endpoint_.prioritize(request.stream, *priority);
  }
  fields.reserve(added_fields, added_fields_bytes);
  fields.add("date", service_.date.text());
  const bool may_have_content = http::may_have_content(response.status);
  if (response.content_length && may_have_content) {
    const fmt::format_int length{*response.content_length};
    fields.add("content-length", {length.data(), length.size()}, true);
  }
  // Two fields rather than one list: the first is the same all along, so HPACK makes it a single
  // byte.
  fields.add("server-timing", connection_timing_);
  std::array<char, 32> timing;
  const char* end =
      fmt::format_to(timing.data(), FMT_COMPILE("stream;desc=\"{}\""), request.stream);
  fields.add("server-timing", {timing.data(), end}, true);
  const bool with_content = request.method != "HEAD" && may_have_content;
  if (!with_content) response.trailers.clear();
  // An empty DATA frame would wait for a window that nobody needs.
  if (!with_content || response.content_length == std::uint64_t{0}) response.body.reset();
  endpoint_.respond(request.stream, response.status, fields, std::move(response.body),
                    std::move(response.trailers));
}

// What is remembered -------------------------------------------------------------------------

void Session::remember(Exchange&& exchange) {
  const StreamId stream = exchange.request.stream;
  exchanges_.insert_or_assign(stream, std::move(exchange));
}

void Session::log(const Exchange& exchange, std::uint64_t sent_bytes, bool complete) const {
  if (service_.log == nullptr) return;
  (*service_.log)({.connection = connection_,
                   .protocol = Protocol::http2,
                   .nth = exchange.request.nth,
                   .stream = exchange.request.stream,
                   .method = exchange.request.method,
                   .target = exchange.request.target,
                   .status = exchange.status,
                   .body_bytes = sent_bytes,
                   .took = latest_ - exchange.received,
                   .complete = complete});
}

}  // namespace muxlab::server::http2
