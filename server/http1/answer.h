// One response on its way out: which framing its content gets, and how far it has been produced.
// Pulls content from its Body straight into the outgoing queue. Knows no requests, no timeouts and
// no log.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/byte_queue.h"
#include "common/http/response.h"
#include "common/http1/response_head.h"

namespace muxlab::server::http1 {

// What of the request decides how a response may be framed.
struct AnswerTo {
  bool head_method = false;  // HEAD: the fields of GET's answer, no content
  int minor_version = 1;     // HTTP/1.0 knows no chunks
};

class Answer {
 public:
  Answer(http::Response&& response, AnswerTo request);

  int status() const { return response_.status; }
  const http::Headers& headers() const { return response_.headers; }

  // Nothing but the connection's end tells where the content ends.
  bool ends_with_connection() const { return framing_ == Framing::connection_end; }

  // Content-Length or Transfer-Encoding, where there is one to send, and which trailers will come.
  void write_framing_fields(muxlab::http1::ResponseHeadWriter& head) const;

  enum class Progress {
    stopped_at_limit,
    waiting,   // the body has nothing now
    complete,  // the last byte has been produced
    cut,       // the promised content can't be had: only closing tells the peer
  };

  // Appends content up to about `limit` bytes. Call when the head has been written, until it is
  // complete or cut.
  Progress write_content(ByteQueue& out, std::size_t limit);

  std::uint64_t content_bytes() const { return content_bytes_; }

 private:
  enum class Framing { none, length, chunks, connection_end };

  static Framing framing_of(const http::Response& response, AnswerTo request);
  http::ReadOutcome read_plain(ByteQueue& out, std::size_t limit);
  http::ReadOutcome read_chunk(ByteQueue& out, std::size_t limit);
  Progress end_of_body(ByteQueue& out) const;
  bool all_promised() const;

  http::Response response_;
  Framing framing_;
  bool sends_content_;
  std::uint64_t content_bytes_ = 0;
};

}  // namespace muxlab::server::http1
