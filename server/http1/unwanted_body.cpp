#include "server/http1/unwanted_body.h"

#include <algorithm>

namespace muxlab::server::http1 {

using muxlab::http1::BodyFraming;
using muxlab::http1::ChunkDecoder;

UnwantedBody::UnwantedBody(const BodyFraming& framing, std::uint64_t limit_bytes)
    : framing_(framing),
      limit_bytes_(limit_bytes),
      ended_(framing.kind == BodyFraming::Kind::none),
      above_limit_(framing.length > limit_bytes) {}

std::size_t UnwantedBody::read(Bytes input) {
  switch (framing_.kind) {
    case BodyFraming::Kind::none:
      return 0;
    case BodyFraming::Kind::length:
      return read_length(input);
    case BodyFraming::Kind::chunked:
      return read_chunks(input);
  }
  return 0;
}

std::size_t UnwantedBody::read_length(Bytes input) {
  const std::uint64_t left = framing_.length - content_bytes_;
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
  content_bytes_ += count;
  ended_ = content_bytes_ == framing_.length;
  return count;
}

std::size_t UnwantedBody::read_chunks(Bytes input) {
  std::size_t consumed = 0;
  while (reading() && consumed < input.size()) {
    const ChunkDecoder::Step step = chunks_.decode(input.subspan(consumed));
    consumed += step.consumed;
    switch (step.kind) {
      case ChunkDecoder::Step::Kind::needs_more:
        break;
      case ChunkDecoder::Step::Kind::content:
        content_bytes_ += step.content.size();
        above_limit_ = content_bytes_ > limit_bytes_;
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

}  // namespace muxlab::server::http1
