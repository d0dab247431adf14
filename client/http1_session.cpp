#include "client/http1_session.h"

#include <algorithm>
#include <cassert>
#include <variant>

#include "common/http1/connection_wishes.h"
#include "common/http1/request_head_writer.h"

namespace muxlab::client {

using http1::ResponseFraming;

Http1Session::Http1Session(FetchBoard& board, const ConnectionFacts& facts,
                           const SessionOptions& options)
    : board_(board), connection_(facts.id), options_(options) {}

// Asking ------------------------------------------------------------------------------------------

std::size_t Http1Session::produce(ByteQueue& out, std::size_t, Instant now) {
  if (state_ != State::idle) return 0;
  const std::optional<FetchId> taken = board_.take(connection_, now);
  if (!taken) return 0;
  fetch_ = *taken;
  state_ = State::awaiting_head;
  heard_ = now;
  head_parser_ = http1::ResponseHeadParser{};
  head_began_.reset();
  interim_answers_ = 0;
  const std::size_t before = out.size();
  write_request(out, board_[fetch_]);
  return out.size() - before;
}

// The priority is not said: nothing schedules by it where answers come one by one.
void Http1Session::write_request(ByteQueue& out, const Fetch& fetch) const {
  http1::RequestHeadWriter head{out, "GET", fetch.path};
  head.field("host", options_.authority);
  for (const http::Field field : options_.fields) head.field(field.name, field.value);
  head.end();
}

bool Http1Session::owed() const {
  return state_ == State::awaiting_head || state_ == State::reading_content;
}

// Reading -----------------------------------------------------------------------------------------

Status Http1Session::receive(Bytes plaintext, Instant now) {
  assert(wants_input());
  heard_ = now;
  while (!plaintext.empty() && !finished()) {
    const Result<std::size_t> consumed = read(plaintext, now);
    if (!consumed.ok()) {
      break_off(consumed.failure().message, now);
      return consumed.failure();
    }
    plaintext = plaintext.subspan(consumed.value());
  }
  return Done{};
}

Result<std::size_t> Http1Session::read(Bytes input, Instant now) {
  switch (state_) {
    case State::idle:
      return Failure{"HTTP/1.1: the server says more than it was asked for"};
    case State::awaiting_head:
      return read_head(input, now);
    case State::reading_content:
      return read_content(input, now);
    case State::over:
      return input.size();
  }
  return input.size();
}

// The head is kept until it is whole: no more of it than its limit and one call's input.
Result<std::size_t> Http1Session::read_head(Bytes input, Instant now) {
  if (!head_began_) head_began_ = now;
  const std::size_t kept = head_.size();
  head_.append(text_of(input));
  const auto outcome = head_parser_.parse(bytes_of(head_));
  if (std::holds_alternative<http1::NeedsMore>(outcome)) return input.size();
  head_.clear();
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    return Failure{"HTTP/1.1: " + failure->message};
  }
  const auto& head = std::get<http1::ResponseHead>(outcome);
  const Status taken = take_head(head, now);
  if (!taken.ok()) return taken.failure();
  return head.bytes - kept;
}

Status Http1Session::take_head(const http1::ResponseHead& head, Instant now) {
  if (head.status == 101) return Failure{"HTTP/1.1: the server switches to no protocol we named"};
  if (head.status < 200) {
    if (++interim_answers_ > max_interim_answers) {
      return Failure{"HTTP/1.1: too many interim answers"};
    }
    head_parser_ = http1::ResponseHeadParser{};
    head_began_.reset();
    return Done{};
  }
  board_.answer_began(fetch_, head.status, *head_began_);
  framing_ = head.body;
  content_left_ = framing_.length;
  chunks_ = http1::ChunkDecoder{};
  state_ = State::reading_content;
  last_ |= !http1::connection_wishes(head.headers, head.minor_version).persistent ||
           framing_.kind == ResponseFraming::Kind::until_close;
  if (framing_.kind == ResponseFraming::Kind::none) end_answer(now);
  return Done{};
}

Result<std::size_t> Http1Session::read_content(Bytes input, Instant now) {
  switch (framing_.kind) {
    case ResponseFraming::Kind::chunked:
      return read_chunks(input, now);
    case ResponseFraming::Kind::length: {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(content_left_, input.size()));
      board_.content_arrived(fetch_, count);
      content_left_ -= count;
      if (content_left_ == 0) end_answer(now);
      return count;
    }
    case ResponseFraming::Kind::until_close:
    case ResponseFraming::Kind::none:  // ended with its head
      board_.content_arrived(fetch_, input.size());
      return input.size();
  }
  return input.size();
}

Result<std::size_t> Http1Session::read_chunks(Bytes input, Instant now) {
  using Kind = http1::ChunkDecoder::Step::Kind;
  const http1::ChunkDecoder::Step step = chunks_.decode(input);
  switch (step.kind) {
    case Kind::needs_more:
      break;
    case Kind::content:
      board_.content_arrived(fetch_, step.content.size());
      break;
    case Kind::end:
      end_answer(now);
      break;
    case Kind::refused:
      return Failure{"HTTP/1.1: " + std::string{step.refusal.reason}};
  }
  return step.consumed;
}

void Http1Session::end_answer(Instant now) {
  state_ = State::idle;
  board_.finish(fetch_, now);
  if (last_) end({}, now);
}

// The end -----------------------------------------------------------------------------------------

void Http1Session::input_ended(Instant now) {
  if (finished()) return;
  const bool ends_content =
      state_ == State::reading_content && framing_.kind == ResponseFraming::Kind::until_close;
  if (ends_content) return end_answer(now);
  end(why_it_ends_here(), now);
}

std::string_view Http1Session::why_it_ends_here() const {
  switch (state_) {
    case State::idle:
      return "HTTP/1.1: the server closed an idle connection";
    case State::awaiting_head:
      return "HTTP/1.1: the server closed before it answered";
    case State::reading_content:
      return "HTTP/1.1: the server closed within an answer";
    case State::over:
      return {};
  }
  return {};
}

void Http1Session::advance(Instant now) {
  const std::optional<Instant> due = next_event();
  if (due && now >= *due) break_off("HTTP/1.1: the server owes an answer and is silent", now);
}

std::optional<Instant> Http1Session::next_event() const {
  return owed() ? std::optional{heard_ + options_.silence_timeout} : std::nullopt;
}

void Http1Session::shut_down(Instant now) {
  last_ = true;
  board_.retire(connection_);
  if (state_ == State::idle) end({}, now);
}

// The server's fault: nothing of it is asked again.
void Http1Session::break_off(std::string_view why, Instant now) {
  if (owed()) board_.fail(fetch_, why, now);
  end(why, now);
}

// Without `why` it is no trouble.
void Http1Session::end(std::string_view why, Instant now) {
  state_ = State::over;
  board_.lose(connection_, why, now);
}

}  // namespace muxlab::client
