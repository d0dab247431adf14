#include "client/http2_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <variant>

namespace muxlab::client {
namespace {

// :status is three digits; nghttp2 has seen to that. 0 in trailers, which have none.
int status_of(const http::Headers& fields) {
  const std::string_view text = fields.find(":status").value_or("");
  int status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

std::string in_words(std::string_view what, http2::ErrorCode code) {
  return fmt::format("HTTP/2: {} with error {} (RFC 9113 section 7)", what,
                     static_cast<std::uint32_t>(code));
}

}  // namespace

Http2Session::Http2Session(FetchBoard& board, const ConnectionFacts& facts,
                           const SessionOptions& options, const http2::EndpointOptions& endpoint,
                           Instant now)
    : board_(board),
      connection_(facts.id),
      options_(options),
      endpoint_(http2::Role::client, endpoint),
      heard_(now) {
  if (facts.tls && facts.tls->alpn != "h2") end("HTTP/2: the server did not agree to h2", now);
}

// Asking ------------------------------------------------------------------------------------------

std::size_t Http2Session::produce(ByteQueue& out, std::size_t limit, Instant now) {
  if (finished()) return 0;
  const std::size_t before = out.size();
  endpoint_.produce(out, limit);
  // One by one, so that a fetch is taken only when its HEADERS leave with this call.
  while (out.size() - before < limit && !(options_.one_by_one && out.size() > before) && ask(now)) {
    endpoint_.produce(out, limit - (out.size() - before));
  }
  handle_events(now);
  end_if_spent(now);
  return out.size() - before;
}

bool Http2Session::may_ask() const {
  return phase_ == Phase::asking &&
         endpoint_.open_streams() <
             std::min<std::size_t>(endpoint_.peer_max_concurrent_streams(), max_open_streams);
}

// Opens a stream for the next fetch. False when there is none, or it may not.
bool Http2Session::ask(Instant now) {
  if (!may_ask()) return false;
  const std::optional<FetchId> taken = board_.take(connection_, now);
  if (!taken) return false;
  const auto opened = endpoint_.request(request_fields(board_[*taken]), nullptr);
  if (!opened.ok()) {
    board_.put_back(*taken, "HTTP/2: " + opened.failure().message, now);
    shut_down(now);
    return false;
  }
  if (fetches_.empty()) heard_ = now;
  fetches_.emplace(opened.value(), *taken);
  return true;
}

http::Headers Http2Session::request_fields(const Fetch& fetch) const {
  http::Headers fields{{":method", "GET"},
                       {":scheme", options_.scheme},
                       {":authority", options_.authority},
                       {":path", fetch.path}};
  for (const http::Field field : options_.fields) fields.add(field.name, field.value);
  if (!fetch.priority.empty()) fields.add("priority", fetch.priority);
  return fields;
}

// Reading -----------------------------------------------------------------------------------------

Status Http2Session::receive(Bytes plaintext, Instant now) {
  assert(wants_input());
  heard_ = now;
  const Status received = endpoint_.receive(plaintext);
  handle_events(now);
  if (!received.ok()) break_off(received.failure().message, now);
  end_if_spent(now);
  return received;
}

void Http2Session::handle_events(Instant now) {
  for (const http2::Event& event : endpoint_.take_events()) {
    std::visit([this, now](const auto& happened) { handle(happened, now); }, event);
  }
}

void Http2Session::handle(const http2::HeadersReceived& received, Instant now) {
  const auto fetch = fetches_.find(received.stream);
  if (fetch == fetches_.end()) return;
  const int status = status_of(received.fields);
  if (status >= 200) board_.answer_began(fetch->second, status, now);
  if (received.end_stream) finish_fetch(received.stream, now);
}

void Http2Session::handle(const http2::ContentReceived& received, Instant) {
  const auto fetch = fetches_.find(received.stream);
  if (fetch != fetches_.end()) board_.content_arrived(fetch->second, received.content.size());
}

void Http2Session::handle(const http2::ContentEnded& ended, Instant now) {
  finish_fetch(ended.stream, now);
}

// A stream that closes before its answer has ended.
void Http2Session::handle(const http2::StreamClosed& closed, Instant now) {
  const auto fetch = fetches_.find(closed.stream);
  if (fetch == fetches_.end()) return;
  const FetchId id = fetch->second;
  fetches_.erase(fetch);
  // Not processed (RFC 9113 section 8.7). nghttp2 says so too of streams above a GOAWAY's last.
  if (closed.code == http2::ErrorCode::refused_stream) {
    return board_.put_back(id, "HTTP/2: the server refuses the stream", now);
  }
  board_.fail(id, in_words("the stream was reset", closed.code), now);
}

void Http2Session::handle(const http2::GoawayReceived& received, Instant) {
  goaway_ = in_words("the server said GOAWAY", received.code);
  if (phase_ == Phase::asking) phase_ = Phase::finishing;
  board_.retire(connection_);
}

void Http2Session::finish_fetch(http2::StreamId stream, Instant now) {
  const auto fetch = fetches_.find(stream);
  if (fetch == fetches_.end()) return;
  board_.finish(fetch->second, now);
  fetches_.erase(fetch);
}

// The end -----------------------------------------------------------------------------------------

// The endpoint has said its last word: behind a GOAWAY of either side when nothing is left to do,
// or because the peer has broken a rule.
void Http2Session::end_if_spent(Instant now) {
  if (finished() || !endpoint_.finished()) return;
  if (phase_ == Phase::finishing) return end(goaway_, now);
  break_off("HTTP/2: the server breaks the protocol", now);
}

void Http2Session::input_ended(Instant now) {
  if (!finished()) end(goaway_.empty() ? "HTTP/2: the server closed" : goaway_, now);
}

// The server has something to say: an answer, or that it lets another stream be opened.
bool Http2Session::owed() const {
  return !finished() && (!fetches_.empty() || (board_.waiting() > 0 && !may_ask()));
}

void Http2Session::advance(Instant now) {
  const std::optional<Instant> due = next_event();
  if (due && now >= *due) break_off("HTTP/2: the server owes an answer and is silent", now);
}

std::optional<Instant> Http2Session::next_event() const {
  return owed() ? std::optional{heard_ + options_.silence_timeout} : std::nullopt;
}

void Http2Session::shut_down(Instant now) {
  if (phase_ != Phase::asking) return;
  phase_ = Phase::finishing;
  board_.retire(connection_);
  endpoint_.go_away();
  end_if_spent(now);
}

// The server's fault: nothing of it is asked again.
void Http2Session::break_off(std::string_view why, Instant now) {
  for (const auto& [stream, fetch] : fetches_) board_.fail(fetch, why, now);
  end(why, now);
}

// Without `why` it is no trouble.
void Http2Session::end(std::string_view why, Instant now) {
  phase_ = Phase::over;
  fetches_.clear();
  board_.lose(connection_, why, now);
}

}  // namespace muxlab::client
