#include "server/tap/http1_conversation.h"

#include <utility>
#include <variant>

namespace muxlab::server::tap {
namespace {

using trace::FrameType;

// The fields that a part brings, where it brings some: a head's, or trailers. They stay where they
// are when the frame is moved.
const trace::HeaderBlock* fields_of(const trace::Frame& frame) {
  if (const auto* head = std::get_if<trace::HeadersDetail>(&frame.detail)) return head->block.get();
  if (const auto* body = std::get_if<trace::BodyDetail>(&frame.detail)) return body->trailers.get();
  return nullptr;
}

}  // namespace

Status Http1Conversation::take(Direction direction, Bytes plaintext, const Moment& moment) {
  const bool up = direction == Direction::up;
  Http1MessageReader& reader = up ? requests_ : answers_;
  while (!plaintext.empty()) {
    auto taken = reader.take(plaintext, moment, asked().head);
    if (!taken.ok()) return taken.failure();
    if (!taken.value()) return Done{};
    Http1Part& part = *taken.value();
    const Status shown =
        up ? take_request_part(std::move(part)) : take_answer_part(std::move(part));
    if (!shown.ok()) return shown;
  }
  return Done{};
}

Status Http1Conversation::take_request_part(Http1Part part) {
  const trace::HeaderBlock* const fields = fields_of(part.frame);
  const std::uint64_t bytes = part.frame.length;
  const bool begins = part.frame.type == FrameType::request_head;
  if (begins && exchanges_.count() > 0 && writer_.divides(part.target)) {
    trace::Beginning with_it = beginning();
    with_it.plain_begin[static_cast<std::size_t>(Direction::up)] = part.frame.plain_begin;
    writer_.begin_chapter(std::move(with_it));
  }
  part.frame.stream = begins ? exchanges_.count() + 1 : sending_.number;
  writer_.add(std::move(part.frame));
  if (begins) {
    if (unanswered_.size() == most_unanswered) {
      return Failure{"more than 4096 requests wait for their answers"};
    }
    if (exchanges_.count() == 0 && part.minor_version == 0) {
      writer_.trace()->protocol = Protocol::http10;
    }
    sending_.head = part.method == "HEAD";
    sending_.connect = part.method == "CONNECT";
    sending_.exchange =
        exchanges_.begin({.method = std::move(part.method), .path = std::move(part.target)},
                         {*fields, bytes}, {part.first, part.last});
    sending_.number = exchanges_.count();
    unanswered_.push_back(sending_);
    return Done{};
  }
  exchanges_.add_request_content(sending_.exchange, part.content_bytes);
  if (fields != nullptr) {
    exchanges_.add_request_fields(sending_.exchange, {*fields, part.trailer_bytes});
  }
  return Done{};
}

Status Http1Conversation::take_answer_part(Http1Part part) {
  const Asked to = asked();
  const trace::HeaderBlock* const fields = fields_of(part.frame);
  const bool begins = part.frame.type == FrameType::response_head;
  const std::uint64_t field_bytes = begins ? part.frame.length : part.trailer_bytes;
  part.frame.stream = to.number;
  last_answer_moment_ = part.last;
  last_answer_frame_ = writer_.add(std::move(part.frame));

  const bool interim = begins && part.status < 200;
  if (begins && !interim) {
    exchanges_.answer(to.exchange, part.status, {*fields, field_bytes}, part.first);
    if (to.connect && part.status < 300) return Failure{"the connection has become a tunnel"};
  } else if (fields != nullptr) {
    exchanges_.add_answer_fields(to.exchange, {*fields, field_bytes});
  }
  exchanges_.add_content(to.exchange, part.content_bytes);
  if (!part.ends_message || interim) return Done{};
  exchanges_.complete(to.exchange, part.last);
  if (!unanswered_.empty()) unanswered_.pop_front();
  return Done{};
}

trace::Beginning Http1Conversation::beginning() const {
  trace::Beginning beginning;
  beginning.plain_begin[static_cast<std::size_t>(Direction::up)] = requests_.part_begin();
  beginning.plain_begin[static_cast<std::size_t>(Direction::down)] = answers_.part_begin();
  return beginning;
}

void Http1Conversation::end(bool regularly) {
  if (!regularly || !answers_.until_close()) return;
  trace::Frame* const frame = last_answer_frame_ ? writer_.frame(*last_answer_frame_) : nullptr;
  auto* const body = frame != nullptr ? std::get_if<trace::BodyDetail>(&frame->detail) : nullptr;
  if (body != nullptr) body->last = true;
  exchanges_.complete(asked().exchange, last_answer_moment_);
}

}  // namespace muxlab::server::tap
