// Writes content whose length is not known beforehand in the chunked coding (RFC 9112 section 7.1).
// The content is written once, where it leaves from: its size line is filled in before it
// afterwards.
#pragma once

#include <cstddef>

#include "common/base/byte_queue.h"
#include "common/http/headers.h"

namespace muxlab::http1 {

// Room for one chunk at the end of a queue.
class ChunkRoom {
 public:
  // Makes room for at least one byte of content, and for at most `limit` (at least 1) bytes.
  ChunkRoom(ByteQueue& out, std::size_t limit);

  MutableBytes content() const { return content_; }

  // The first `count` bytes of content() are the chunk. 0 leaves no chunk: an empty one would end
  // the message.
  void commit(std::size_t count);

 private:
  ByteQueue& out_;
  MutableBytes whole_;    // size line, content, CRLF
  MutableBytes content_;  // of it
};

// The last chunk and the trailers, written as they are: the message ends.
void end_chunks(ByteQueue& out, const http::Headers& trailers = {});

}  // namespace muxlab::http1
