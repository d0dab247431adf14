#include "server/http1/request_body.h"

#include <algorithm>

namespace muxlab::server::http1 {

using muxlab::http1::BodyFraming;
using muxlab::http1::ChunkDecoder;

RequestBody::RequestBody(const BodyFraming& framing, std::uint64_t limit_bytes)
    : framing_(framing),
      limit_bytes_(limit_bytes),
      ended_(framing.kind == BodyFraming::Kind::none),
      above_limit_(framing.length > limit_bytes) {}

std::size_t RequestBody::read(Bytes input, const Sink& sink) {
  if (!reading()) return 0;
  switch (framing_.kind) {
    case BodyFraming::Kind::none:
      return 0;
    case BodyFraming::Kind::length:
      return read_length(input, sink);
    case BodyFraming::Kind::chunked:
      return read_chunks(input, sink);
  }
  return 0;
}

std::size_t RequestBody::read_length(Bytes input, const Sink& sink) {
  const std::uint64_t left = framing_.length - content_bytes_;
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
  content_bytes_ += count;
  ended_ = content_bytes_ == framing_.length;
  if (sink) sink(input.first(count));
  return count;
}

std::size_t RequestBody::read_chunks(Bytes input, const Sink& sink) {
  std::size_t consumed = 0;
  while (reading() && consumed < input.size()) {
    const ChunkDecoder::Step step = chunks_.decode(input.subspan(consumed));
    consumed += step.consumed;
    switch (step.kind) {
      case ChunkDecoder::Step::Kind::needs_more:
        break;
      case ChunkDecoder::Step::Kind::content:
        take_chunk_content(step.content, sink);
        break;
      case ChunkDecoder::Step::Kind::end:
        ended_ = true;
        break;
      case ChunkDecoder::Step::Kind::refused:
        refusal_ = step.refusal;
        break;
    }
  }
  return consumed;
}

// What lies below the limit is given even when the rest lies above it: the same bytes, however they
// were cut.
void RequestBody::take_chunk_content(Bytes content, const Sink& sink) {
  const std::uint64_t left = limit_bytes_ - content_bytes_;
  const auto allowed = static_cast<std::size_t>(std::min<std::uint64_t>(left, content.size()));
  content_bytes_ += allowed;
  above_limit_ = allowed < content.size();
  if (sink && allowed > 0) sink(content.first(allowed));
}

}  // namespace muxlab::server::http1
