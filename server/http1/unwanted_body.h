// A request body that nobody asked for: read to its end and dropped, so that the next request can
// be found behind it. Keeps a count, no bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/bytes.h"
#include "common/http1/body_framing.h"
#include "common/http1/chunk_decoder.h"
#include "common/http1/refusal.h"

namespace muxlab::server::http1 {

class UnwantedBody {
 public:
  UnwantedBody(const muxlab::http1::BodyFraming& framing, std::uint64_t limit_bytes);

  // Drops what of `input` belongs to the body; gives how much that was.
  std::size_t read(Bytes input);

  bool ended() const { return ended_; }

  // More content than the limit: known from the start by a length, sooner or later with chunks.
  bool above_limit() const { return above_limit_; }

  // Why the chunked coding can't be read, once it can't.
  const std::optional<muxlab::http1::Refusal>& refusal() const { return refusal_; }

 private:
  std::size_t read_length(Bytes input);
  std::size_t read_chunks(Bytes input);
  bool reading() const { return !ended_ && !above_limit_ && !refusal_; }

  muxlab::http1::BodyFraming framing_;
  muxlab::http1::ChunkDecoder chunks_;
  std::uint64_t limit_bytes_;
  std::uint64_t content_bytes_ = 0;
  bool ended_;
  bool above_limit_;
  std::optional<muxlab::http1::Refusal> refusal_;
};

}  // namespace muxlab::server::http1
