#include "server/http1/session.h"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/http/target.h"
#include "common/http/unwanted_content.h"
#include "common/http1/connection_wishes.h"

namespace muxlab::server::http1 {
namespace {

using muxlab::http1::BodyFraming;
using muxlab::http1::ConnectionWishes;
using muxlab::http1::NeedsMore;
using muxlab::http1::Refusal;
using muxlab::http1::RequestHead;
using muxlab::http1::ResponseHeadWriter;

// Two numbers of 20 digits and the words around them.
using ShortText = std::array<char, 96>;

const RequestBody::Sink nobody;

constexpr Refusal too_large{413, "The request's content is larger than this resource takes."};

http::Response refusal_response(const Refusal& refusal) {
  return http::text_response(refusal.status, "text/plain", std::string{refusal.reason} + '\n');
}

}  // namespace

Session::Session(const http::Service& service, const ConnectionFacts& facts, const Options& options,
                 Instant now)
    : service_(service), facts_(facts), options_(options), since_(now), latest_(now) {}

Session::~Session() {
  if (exchange_) log_exchange(false, latest_);
}

void Session::enter(State state, Instant now) {
  state_ = state;
  since_ = now;
}

bool Session::reading() const {
  switch (state_) {
    case State::idle:
    case State::reading_head:
    case State::reading_body:
      return true;
    case State::thinking:
    case State::answering:
    case State::over:
      return false;
  }
  return false;
}

bool Session::past_last_request() const {
  return finished() || (last_ && !reading());
}

// Input -------------------------------------------------------------------------------------------

Status Session::receive(Bytes plaintext, Instant now) {
  assert(wants_input());
  latest_ = now;
  if (past_last_request()) {
    dropped_bytes_ += plaintext.size();
  } else if (input_.empty()) {
    const std::size_t consumed = read(plaintext, now);
    if (!past_last_request()) input_.append(plaintext.subspan(consumed));
  } else {
    input_.append(plaintext);
    read_kept_input(now);
  }
  return Done{};
}

bool Session::wants_input() const {
  if (input_ended_ || finished()) return false;
  // Behind the last request nothing is read, but it is taken: a client that sends all before it
  // reads would never come to read the answer.
  if (past_last_request()) return dropped_bytes_ < http::most_unwanted_bytes;
  return reading() || input_.empty();
}

void Session::input_ended(Instant now) {
  latest_ = now;
  input_ended_ = true;
  if (reading()) close(now);
}

// Reads until an answer is due or more input is needed. Gives how much was consumed.
std::size_t Session::read(Bytes input, Instant now) {
  std::size_t consumed = 0;
  while (reading() && consumed < input.size()) {
    const Bytes rest = input.subspan(consumed);
    const std::size_t taken =
        state_ == State::reading_body ? read_body(rest, now) : read_head(rest, now);
    if (taken == 0) break;
    consumed += taken;
  }
  return consumed;
}

void Session::read_kept_input(Instant now) {
  input_.consume(read(input_.bytes(), now));
  if (past_last_request()) input_.clear();
}

std::size_t Session::read_head(Bytes input, Instant now) {
  if (state_ == State::idle) {
    enter(State::reading_head, now);
    head_parser_.emplace();
  }
  auto outcome = head_parser_->parse(input);
  if (std::holds_alternative<NeedsMore>(outcome)) return 0;
  head_parser_.reset();
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    refuse(*refusal, now);
    return input.size();
  }
  auto& head = std::get<RequestHead>(outcome);
  const std::size_t consumed = head.bytes;
  begin_exchange(std::move(head), now);
  return consumed;
}

std::size_t Session::read_body(Bytes input, Instant now) {
  RequestBody& body = exchange_->body;
  const bool dropped = !exchange_->upload;
  const std::size_t consumed = body.read(input, dropped ? nobody : exchange_->upload->content);
  exchange_->pace->progressed(consumed, now);
  if (body.refusal()) {
    refuse(*body.refusal(), now);
  } else if (body.ended()) {
    end_body(now);
  } else if (body.above_limit() && dropped) {
    last_ = true;
    begin_answer(now);
  } else if (body.above_limit()) {
    refuse(too_large, now);
  }
  return consumed;
}

// Exchanges ---------------------------------------------------------------------------------------

void Session::begin_exchange(RequestHead&& head, Instant now) {
  ++nth_;
  exchange_.emplace(now);
  take_request(head);
  const http::Request& request = exchange_->request;
  if (const Refusal* fault = http::fault_in_method(request.method)) return refuse(*fault, now);
  const ConnectionWishes wishes =
      muxlab::http1::connection_wishes(request.headers, head.minor_version);
  if (wishes.expectations.unknown) return refuse(http::unknown_expectation, now);
  if (!options_.keep_alive || !wishes.persistent) last_ = true;
  if (options_.max_requests && nth_ >= *options_.max_requests) last_ = true;
  ask_handler(head.body, wishes.expectations.to_continue, now);
}

void Session::take_request(RequestHead& head) {
  exchange_->minor_version = head.minor_version;
  http::Request& request = exchange_->request;
  request.protocol = head.minor_version == 0 ? Protocol::http10 : Protocol::http11;
  request.method = std::move(head.method);
  request.authority = std::move(head.target.authority);
  request.target = std::move(head.target.path_and_query);
  request.headers = std::move(head.headers);
  request.connection = &facts_;
  request.nth = nth_;
}

void Session::ask_handler(const BodyFraming& body, bool expects_continue, Instant now) {
  http::Responder responder;
  service_.handler.answer(exchange_->request, responder);
  exchange_->upload = responder.take_upload();
  if (exchange_->upload) return begin_upload(body, expects_continue, now);
  prepare_answer(responder.take(), now);
  begin_dropping(body, expects_continue, now);
}

void Session::begin_upload(const BodyFraming& body, bool expects_continue, Instant now) {
  exchange_->body = RequestBody{body, exchange_->upload->most_bytes};
  if (exchange_->body.above_limit()) return refuse(too_large, now);
  // Content that is on its way already doesn't make it wrong (RFC 9110 section 10.1.1).
  exchange_->owes_continue = expects_continue && !exchange_->body.ended();
  begin_body(now);
}

// The answer is known; the content must go before the next request can be read.
void Session::begin_dropping(const BodyFraming& body, bool expects_continue, Instant now) {
  exchange_->body = RequestBody{body, options_.discard_limit_bytes};
  // Who waits for 100 (Continue) gets the final answer instead, and need not send the body.
  const bool stays_unread =
      exchange_->body.above_limit() || (expects_continue && !exchange_->body.ended());
  if (!stays_unread) return begin_body(now);
  last_ = true;
  begin_answer(now);
}

void Session::begin_body(Instant now) {
  if (exchange_->body.ended()) return end_body(now);
  exchange_->pace.emplace(options_.body_timeout, now);
  enter(State::reading_body, now);
}

void Session::end_body(Instant now) {
  if (exchange_->upload) prepare_answer(exchange_->upload->ended(exchange_->body.trailers()), now);
  begin_answer(now);
}

void Session::refuse(const Refusal& refusal, Instant now) {
  if (!exchange_) {
    ++nth_;
    exchange_.emplace(now);
  }
  exchange_->refused = true;
  last_ = true;
  prepare_answer(refusal_response(refusal), now);
  begin_answer(now);
}

void Session::prepare_answer(http::Response&& response, Instant now) {
  const AnswerTo request{.head_method = exchange_->request.method == "HEAD",
                         .minor_version = exchange_->minor_version};
  exchange_->due = now + response.delay;
  exchange_->answer.emplace(std::move(response), request);
  if (exchange_->answer->ends_with_connection()) last_ = true;
}

void Session::begin_answer(Instant now) {
  enter(now < exchange_->due ? State::thinking : State::answering, now);
}

void Session::end_exchange(bool complete, Instant now) {
  log_exchange(complete, now);
  exchange_.reset();
  if (!complete || last_) return close(now);
  enter(State::idle, now);
  read_kept_input(now);
  if (input_ended_ && reading()) close(now);
}

void Session::log_exchange(bool complete, Instant now) const {
  if (service_.log == nullptr) return;
  const http::Request& request = exchange_->request;
  const Answer* answered = state_ == State::answering ? &*exchange_->answer : nullptr;
  (*service_.log)({.connection = facts_,
                   .protocol = request.protocol,
                   .nth = nth_,
                   .stream = 0,
                   .method = request.method,
                   .target = request.target,
                   .status = answered != nullptr ? answered->status() : 0,
                   .body_bytes = answered != nullptr ? answered->content_bytes() : 0,
                   .took = now - exchange_->began,
                   .complete = complete});
}

void Session::close(Instant now) {
  if (exchange_) log_exchange(false, now);
  exchange_.reset();
  head_parser_.reset();
  input_.clear();
  enter(State::over, now);
}

// Output ------------------------------------------------------------------------------------------

std::size_t Session::produce(ByteQueue& out, std::size_t limit, Instant now) {
  latest_ = now;
  const std::size_t before = out.size();
  write_interim(out);
  while (state_ == State::answering && out.size() - before < limit) {
    if (!std::exchange(exchange_->head_produced, true)) write_head(out);
    const std::size_t produced = out.size() - before;
    switch (exchange_->answer->write_content(out, limit - std::min(limit, produced))) {
      case Answer::Progress::stopped_at_limit:
      case Answer::Progress::waiting:
        return out.size() - before;
      case Answer::Progress::complete:
        end_exchange(true, now);
        write_interim(out);
        break;
      case Answer::Progress::cut:
        end_exchange(false, now);
        break;
    }
  }
  return out.size() - before;
}

// What goes before the answer: 100, when the content is wanted by a client that waits to be told.
// Never 103: old clients of HTTP/1.1 take it for the answer (RFC 8297 section 3).
void Session::write_interim(ByteQueue& out) {
  if (!exchange_) return;
  if (std::exchange(exchange_->owes_continue, false)) ResponseHeadWriter{out, 100}.end();
}

void Session::write_head(ByteQueue& out) const {
  const Answer& answer = *exchange_->answer;
  ResponseHeadWriter head{out, answer.status()};
  head.field("date", service_.date.text());
  for (const http::Field field : answer.headers()) head.field(field.name, field.value);
  answer.write_framing_fields(head);
  write_connection_fields(head);
  head.end();
}

void Session::write_connection_fields(ResponseHeadWriter& head) const {
  ShortText text;
  const auto written = [&text](const char* end) { return std::string_view{text.data(), end}; };
  if (!exchange_->refused) {
    head.field(
        "server-timing",
        written(fmt::format_to(text.data(), FMT_COMPILE("conn;desc=\"c{}\", stream;desc=\"{}\""),
                               facts_.id, nth_)));
  }
  if (last_) return head.field("connection", "close");
  head.field("connection", "keep-alive");
  const auto timeout_s =
      std::chrono::duration_cast<std::chrono::seconds>(options_.idle_timeout).count();
  char* end = fmt::format_to(text.data(), FMT_COMPILE("timeout={}"), timeout_s);
  if (options_.max_requests) {
    end = fmt::format_to(end, FMT_COMPILE(", max={}"), *options_.max_requests - nth_);
  }
  head.field("keep-alive", written(end));
}

// Time --------------------------------------------------------------------------------------------

std::optional<Instant> Session::next_event() const {
  switch (state_) {
    case State::idle:
      return since_ + options_.idle_timeout + keep_alive_margin;
    case State::reading_head:
      return since_ + options_.head_timeout;
    case State::reading_body:
      return exchange_->pace->deadline();
    case State::thinking:
      return exchange_->due;
    case State::answering:
    case State::over:
      return std::nullopt;
  }
  return std::nullopt;
}

void Session::excuse(Duration delay) {
  since_ += delay;
  if (exchange_ && exchange_->pace) exchange_->pace->excuse(delay);
}

void Session::advance(Instant now) {
  latest_ = now;
  const auto due = next_event();
  if (!due || now < *due) return;
  if (state_ == State::idle) return close(now);
  if (state_ == State::thinking) return enter(State::answering, now);
  refuse({408, state_ == State::reading_head ? "The request's head did not arrive in time."
                                             : "The request's body did not arrive in time."},
         now);
  input_.clear();
}

void Session::shut_down(Instant now) {
  latest_ = now;
  if (state_ == State::idle) return close(now);
  last_ = true;
  if (past_last_request()) input_.clear();
}

}  // namespace muxlab::server::http1
