// Cuts the chunked coding (RFC 9112 section 7.1) into whole chunks: size line, content and CRLF.
// Its strictness is http1::ChunkDecoder's, which sees every byte. Of content it keeps nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/http1/chunk_decoder.h"
#include "common/trace/frame.h"

namespace muxlab::server::tap {

struct Http1Chunk {
  std::uint64_t content_bytes = 0;
  std::uint64_t trailer_bytes = 0;  // of the trailers with the line that ends them
  bool last = false;
  std::unique_ptr<trace::HeaderBlock> trailers;  // null: there are none
};

class Http1ChunkReader {
 public:
  // Takes bytes off the front of `input`, up to the end of a chunk. None: it took all. After the
  // last chunk or a failure the reader is used up.
  Result<std::optional<Http1Chunk>> take(Bytes& input);

 private:
  //   size_line --> content --> size_line
  //       '-- size 0 --> trailers
  enum class Place { size_line, content, trailers };

  Status take_size_line(Bytes& input);
  Status take_content(Bytes& input);
  Status take_trailers(Bytes& input);
  Result<std::size_t> check(Bytes bytes);

  http1::ChunkDecoder strict_;
  Place place_ = Place::size_line;
  std::string text_;        // of the size line, or of the trailers; both are bounded by strict_
  std::uint64_t left_ = 0;  // of the content and its CRLF
  bool whole_ = false;
  Http1Chunk chunk_;
};

}  // namespace muxlab::server::tap
