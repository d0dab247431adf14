#include "server/http1/answer.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "common/http1/chunk_encoder.h"

namespace muxlab::server::http1 {
namespace {

using http::ReadOutcome;

// Below this a read of the body costs more than starting another block.
constexpr std::uint64_t least_read_bytes = 512;

std::string names_of(const http::Headers& fields) {
  std::string names;
  for (const http::Field field : fields) {
    if (!names.empty()) names += ", ";
    names += field.name;
  }
  return names;
}

}  // namespace

Answer::Answer(http::Response&& response, AnswerTo request)
    : response_(std::move(response)),
      framing_(framing_of(response_, request)),
      sends_content_(!request.head_method && framing_ != Framing::none) {}

// RFC 9112 section 6.3.
Answer::Framing Answer::framing_of(const http::Response& response, AnswerTo request) {
  // A length in a 304 would have to be the one of the 200 it stands for: none is said.
  if (!http::may_have_content(response.status)) return Framing::none;
  if (response.content_length) return Framing::length;
  return request.minor_version == 0 ? Framing::connection_end : Framing::chunks;
}

void Answer::write_framing_fields(muxlab::http1::ResponseHeadWriter& head) const {
  switch (framing_) {
    case Framing::length:
      head.field("content-length", *response_.content_length);
      break;
    case Framing::chunks:
      head.field("transfer-encoding", "chunked");
      if (!response_.trailers.empty()) head.field("trailer", names_of(response_.trailers));
      break;
    case Framing::none:
    case Framing::connection_end:
      break;
  }
}

Answer::Progress Answer::write_content(ByteQueue& out, std::size_t limit) {
  if (!sends_content_ || all_promised()) return Progress::complete;
  if (response_.body == nullptr) return end_of_body(out);
  std::size_t written = 0;
  while (written < limit) {
    const std::size_t before = out.size();
    const ReadOutcome outcome = framing_ == Framing::chunks ? read_chunk(out, limit - written)
                                                            : read_plain(out, limit - written);
    content_bytes_ += outcome.bytes;
    written += out.size() - before;
    switch (outcome.kind) {
      case ReadOutcome::Kind::some:
        break;
      case ReadOutcome::Kind::end:
        return end_of_body(out);
      case ReadOutcome::Kind::waiting:
        return Progress::waiting;
      case ReadOutcome::Kind::failed:
        return Progress::cut;
    }
    if (all_promised()) return Progress::complete;
    if (outcome.bytes == 0) return Progress::waiting;  // "some" that is nothing must not spin
  }
  return Progress::stopped_at_limit;
}

ReadOutcome Answer::read_plain(ByteQueue& out, std::size_t limit) {
  std::uint64_t most = limit;
  if (framing_ == Framing::length) {
    most = std::min(most, *response_.content_length - content_bytes_);
  }
  const MutableBytes room = out.reserve(static_cast<std::size_t>(std::min(most, least_read_bytes)));
  const auto room_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(most, room.size()));
  const ReadOutcome outcome = response_.body->read(room.first(room_bytes));
  assert(outcome.bytes <= room_bytes);
  out.commit(outcome.bytes);
  return outcome;
}

ReadOutcome Answer::read_chunk(ByteQueue& out, std::size_t limit) {
  muxlab::http1::ChunkRoom chunk{out, limit};
  const ReadOutcome outcome = response_.body->read(chunk.content());
  chunk.commit(outcome.bytes);
  return outcome;
}

// The body has no more: right for content of unknown length, a broken promise before a known one's
// end.
Answer::Progress Answer::end_of_body(ByteQueue& out) const {
  if (framing_ == Framing::chunks) muxlab::http1::end_chunks(out, response_.trailers);
  if (framing_ == Framing::length && !all_promised()) return Progress::cut;
  return Progress::complete;
}

bool Answer::all_promised() const {
  return framing_ == Framing::length && content_bytes_ == *response_.content_length;
}

}  // namespace muxlab::server::http1
