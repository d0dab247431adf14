// A request's content on its way in: found among the input, counted against a limit, and handed to
// whoever accepted it or dropped. Keeps a count and the trailers, no content. Knows no time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "common/base/bytes.h"
#include "common/http/headers.h"
#include "common/http1/body_framing.h"
#include "common/http1/chunk_decoder.h"
#include "common/http1/refusal.h"

namespace muxlab::server::http1 {

class RequestBody {
 public:
  // Takes pieces of content; empty: nobody wants them.
  using Sink = std::function<void(Bytes)>;

  RequestBody() = default;  // of a request without content
  RequestBody(const muxlab::http1::BodyFraming& framing, std::uint64_t limit_bytes);

  // Takes what of `input` belongs to the body, at most until it has ended, is above the limit or is
  // refused; gives how much that was. No content above the limit reaches `sink`.
  std::size_t read(Bytes input, const Sink& sink);

  bool ended() const { return ended_; }

  // More content than the limit: known from the start by a length, sooner or later with chunks.
  bool above_limit() const { return above_limit_; }

  // Why the chunked coding can't be read, once it can't.
  const std::optional<muxlab::http1::Refusal>& refusal() const { return refusal_; }

  // Complete once it has ended.
  const http::Headers& trailers() const { return chunks_.trailers(); }

 private:
  std::size_t read_length(Bytes input, const Sink& sink);
  std::size_t read_chunks(Bytes input, const Sink& sink);
  void take_chunk_content(Bytes content, const Sink& sink);
  bool reading() const { return !ended_ && !above_limit_ && !refusal_; }

  muxlab::http1::BodyFraming framing_;
  muxlab::http1::ChunkDecoder chunks_;
  std::uint64_t limit_bytes_ = 0;
  std::uint64_t content_bytes_ = 0;
  bool ended_ = true;
  bool above_limit_ = false;
  std::optional<muxlab::http1::Refusal> refusal_;
};

}  // namespace muxlab::server::http1
