#include "server/tap/http1_message_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "common/http1/connection_wishes.h"
#include "common/http1/limits.h"
#include "server/tap/http1_head.h"

namespace muxlab::server::tap {
namespace {

using trace::FrameType;

std::uint32_t bounded(std::uint64_t bytes) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(bytes, most));
}

http1::ResponseFraming::Kind kind_of(const http1::BodyFraming& framing) {
  switch (framing.kind) {
    case http1::BodyFraming::Kind::none:
      return http1::ResponseFraming::Kind::none;
    case http1::BodyFraming::Kind::length:
      return http1::ResponseFraming::Kind::length;
    case http1::BodyFraming::Kind::chunked:
      return http1::ResponseFraming::Kind::chunked;
  }
  return http1::ResponseFraming::Kind::none;
}

}  // namespace

Http1MessageReader::Taken Http1MessageReader::take(Bytes& input, const Moment& moment,
                                                   bool answers_head) {
  if (input.empty()) return std::optional<Http1Part>{};
  begin(moment);
  switch (place_) {
    case Place::head:
      return take_head(input, moment, answers_head);
    case Place::content:
    case Place::until_close:
      return take_content(input, moment);
    case Place::chunks:
      return take_chunk(input, moment);
    case Place::over:
      taken_ += input.size();
      input = {};
      return std::optional<Http1Part>{};
  }
  return std::optional<Http1Part>{};
}

void Http1MessageReader::begin(const Moment& moment) {
  if (std::exchange(began_, true)) return;
  part_ = {};
  part_.first = moment;
  part_.frame.direction = direction_;
  part_.frame.plain_begin = taken_;
  part_.frame.written = moment.sent;
}

// The part is over with the last byte taken.
Http1MessageReader::Taken Http1MessageReader::finish(FrameType type, const Moment& moment) {
  part_.last = moment;
  trace::Frame& frame = part_.frame;
  frame.type = type;
  frame.plain_end = taken_;
  frame.length = bounded(taken_ - frame.plain_begin);
  frame.wire_end = moment.wire_end;
  if (direction_ == Direction::up) frame.landed = moment.received;
  if (part_.ends_message) place_ = next_;
  began_ = false;
  return std::optional{std::exchange(part_, {})};
}

Http1MessageReader::Taken Http1MessageReader::failed(const std::string& why) const {
  return Failure{fmt::format("what the {} sends is no HTTP/1.1: {}",
                             direction_ == Direction::up ? "client" : "server", why)};
}

// --- Heads

Http1MessageReader::Taken Http1MessageReader::take_head(Bytes& input, const Moment& moment,
                                                        bool answers_head) {
  const std::size_t before = head_.size();
  // More than any head needs; its parser ends one that is too long.
  const std::size_t most = 2 * http1::max_head_bytes;
  head_ += text_of(input.first(std::min(input.size(), most - std::min(most, before))));
  const Result<std::size_t> parsed =
      direction_ == Direction::up ? parse_request() : parse_response(answers_head);
  if (!parsed.ok()) return failed(parsed.failure().message);
  const std::size_t bytes = parsed.value();
  const std::size_t consumed = (bytes == 0 ? head_.size() : bytes) - before;
  input = input.subspan(consumed);
  taken_ += consumed;
  if (bytes == 0) return std::optional<Http1Part>{};

  trace::HeadersDetail detail;
  detail.block = read_http1_head(std::string_view{head_}.substr(0, bytes));
  part_.frame.detail = std::move(detail);
  head_ = {};
  request_.reset();
  response_.reset();
  const bool request = direction_ == Direction::up;
  return finish(request ? FrameType::request_head : FrameType::response_head, moment);
}

// These give how many bytes the head has; 0: it isn't whole.

Result<std::size_t> Http1MessageReader::parse_request() {
  if (!request_) request_.emplace();
  auto outcome = request_->parse(bytes_of(head_));
  if (std::holds_alternative<http1::NeedsMore>(outcome)) return std::size_t{0};
  if (const auto* refusal = std::get_if<http1::Refusal>(&outcome)) {
    return Failure{std::string{refusal->reason}};
  }
  auto& head = std::get<http1::RequestHead>(outcome);
  part_.method = std::move(head.method);
  part_.target = std::move(head.target.path_and_query);
  part_.minor_version = head.minor_version;
  const bool last = !http1::connection_wishes(head.headers, head.minor_version).persistent;
  next_ = last ? Place::over : Place::head;
  expect_content(kind_of(head.body), head.body.length);
  return head.bytes;
}

Result<std::size_t> Http1MessageReader::parse_response(bool answers_head) {
  if (!response_) response_.emplace(answers_head);
  auto outcome = response_->parse(bytes_of(head_));
  if (std::holds_alternative<http1::NeedsMore>(outcome)) return std::size_t{0};
  if (const auto* failure = std::get_if<Failure>(&outcome)) return *failure;
  const auto& head = std::get<http1::ResponseHead>(outcome);
  if (head.status == 101) return Failure{"It goes over to another protocol."};
  part_.status = head.status;
  part_.minor_version = head.minor_version;
  expect_content(head.body.kind, head.body.length);
  return head.bytes;
}

void Http1MessageReader::expect_content(http1::ResponseFraming::Kind kind, std::uint64_t length) {
  switch (kind) {
    case http1::ResponseFraming::Kind::none:
      part_.ends_message = true;
      return;
    case http1::ResponseFraming::Kind::length:
      place_ = Place::content;
      content_left_ = length;
      return;
    case http1::ResponseFraming::Kind::chunked:
      place_ = Place::chunks;
      chunks_ = {};
      return;
    case http1::ResponseFraming::Kind::until_close:
      place_ = Place::until_close;
      return;
  }
}

// --- Content

Http1MessageReader::Taken Http1MessageReader::take_content(Bytes& input, const Moment& moment) {
  std::size_t count = input.size();
  if (place_ == Place::content) {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, content_left_));
    content_left_ -= count;
    part_.ends_message = content_left_ == 0;
  }
  input = input.subspan(count);
  taken_ += count;
  part_.content_bytes = count;
  part_.frame.detail =
      trace::BodyDetail{.content_bytes = bounded(count), .last = part_.ends_message};
  return finish(FrameType::body, moment);
}

Http1MessageReader::Taken Http1MessageReader::take_chunk(Bytes& input, const Moment& moment) {
  const std::size_t before = input.size();
  Result<std::optional<Http1Chunk>> taken = chunks_.take(input);
  if (!taken.ok()) return failed(taken.failure().message);
  taken_ += before - input.size();
  if (!taken.value()) return std::optional<Http1Part>{};
  Http1Chunk& chunk = *taken.value();
  part_.content_bytes = chunk.content_bytes;
  part_.trailer_bytes = chunk.trailers ? chunk.trailer_bytes : 0;
  part_.ends_message = chunk.last;
  part_.frame.detail = trace::BodyDetail{.content_bytes = bounded(chunk.content_bytes),
                                         .last = chunk.last,
                                         .trailers = std::move(chunk.trailers)};
  return finish(FrameType::chunk, moment);
}

}  // namespace muxlab::server::tap
