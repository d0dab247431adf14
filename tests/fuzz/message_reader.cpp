#include "tests/fuzz/message_reader.h"

#include <algorithm>
#include <variant>

#include "common/http/method.h"
#include "common/http1/connection_wishes.h"

namespace muxlab::test {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields copied(const http::Headers& headers) {
  Fields fields;
  for (const http::Field field : headers) fields.emplace_back(field.name, field.value);
  return fields;
}

}  // namespace

void MessageReader::feed(Bytes input) {
  while (end_ == End::none && position_ < input.size()) {
    const Bytes rest = input.subspan(position_);
    if (!(in_content_ ? read_content(rest) : read_head(rest))) return;
  }
}

// These give false when nothing more can be read now.

bool MessageReader::read_head(Bytes input) {
  if (!head_parser_) head_parser_.emplace();
  auto outcome = head_parser_->parse(input);
  if (std::holds_alternative<http1::NeedsMore>(outcome)) return false;
  head_parser_.reset();
  if (const auto* refusal = std::get_if<http1::Refusal>(&outcome)) return refuse(*refusal);

  const auto& head = std::get<http1::RequestHead>(outcome);
  // The session answers 501 and reads no further.
  if (!http::is_known_method(head.method)) {
    end_ = End::closed;
    return false;
  }
  message_ = {};
  message_.method = head.method;
  message_.target = head.target.path_and_query;
  message_.fields = copied(head.headers);
  message_.begin = position_;
  position_ += head.bytes;
  framing_ = head.body;
  chunks_ = {};
  persistent_ = http1::connection_wishes(head.headers, head.minor_version).persistent;
  in_content_ = framing_.kind != http1::BodyFraming::Kind::none;
  return in_content_ || complete();
}

bool MessageReader::read_content(Bytes input) {
  if (framing_.kind == http1::BodyFraming::Kind::chunked) return read_chunks(input);
  const std::uint64_t left = framing_.length - message_.content.size();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
  message_.content += text_of(input.first(count));
  position_ += count;
  return count < left || complete();
}

bool MessageReader::read_chunks(Bytes input) {
  const http1::ChunkDecoder::Step step = chunks_.decode(input);
  position_ += step.consumed;
  switch (step.kind) {
    case http1::ChunkDecoder::Step::Kind::needs_more:
      return false;
    case http1::ChunkDecoder::Step::Kind::content:
      message_.content += text_of(step.content);
      return true;
    case http1::ChunkDecoder::Step::Kind::end:
      message_.trailers = copied(chunks_.trailers());
      return complete();
    case http1::ChunkDecoder::Step::Kind::refused:
      return refuse(step.refusal);
  }
  return false;
}

bool MessageReader::refuse(const http1::Refusal& refusal) {
  end_ = End::refused;
  refusal_status_ = refusal.status;
  return false;
}

bool MessageReader::complete() {
  in_content_ = false;
  message_.end = position_;
  messages_.push_back(std::move(message_));
  message_ = {};
  if (!persistent_) end_ = End::closed;
  return persistent_;
}

bool MessageReader::operator==(const MessageReader& other) const {
  return messages_ == other.messages_ && end_ == other.end_ &&
         refusal_status_ == other.refusal_status_;
}

}  // namespace muxlab::test
