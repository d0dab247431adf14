// Cuts one direction of an HTTP/1.1 connection into what is shown of it:
//   - a head, interim or final, as one frame;
//   - content that is delimited by its length or by the end of the connection, as one BODY frame
//     for as much of it as came in one piece, so that it is drawn as it goes and not once it is
//     over; how it was cut shows in the trace, then, as in no other frame;
//   - chunked content as one CHUNK frame for each chunk, when it is whole, the last one with its
//     trailers.
// Strictness and limits are those of common/http1. Knows no exchange.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/direction.h"
#include "common/base/result.h"
#include "common/http1/body_framing.h"
#include "common/http1/request_head.h"
#include "common/http1/response_head_parser.h"
#include "server/tap/http1_chunk_reader.h"
#include "server/tap/moment.h"

namespace muxlab::server::tap {

struct Http1Part {
  trace::Frame frame;  // without its stream
  Moment first;        // of its first byte
  Moment last;         // and of its last
  bool ends_message = false;
  std::uint64_t content_bytes = 0;
  std::uint64_t trailer_bytes = 0;

  // Of a head.
  std::string method;
  std::string target;
  int status = 0;
  int minor_version = 1;
};

class Http1MessageReader {
 public:
  explicit Http1MessageReader(Direction direction) : direction_(direction) {}

  // Takes bytes off the front of `input`, which came at `moment`, up to the end of a part. None: it
  // took all. `answers_head`: the head that is next or being read answers a HEAD request. After a
  // failure the reader is used up.
  Result<std::optional<Http1Part>> take(Bytes& input, const Moment& moment, bool answers_head);

  // Where in the plaintext the part begins that is being read, or the next one.
  std::uint64_t part_begin() const { return began_ ? part_.frame.plain_begin : taken_; }

  // The content being read goes on until the connection ends.
  bool until_close() const { return place_ == Place::until_close; }

 private:
  //   head --> content --> head        by length
  //     |----> chunks --> head
  //     |----> until_close             responses only
  //     '----> over                    behind the last request of a connection nothing is read
  enum class Place { head, content, chunks, until_close, over };

  using Taken = Result<std::optional<Http1Part>>;

  void begin(const Moment& moment);
  Taken finish(trace::FrameType type, const Moment& moment);
  Taken take_head(Bytes& input, const Moment& moment, bool answers_head);
  Result<std::size_t> parse_request();
  Result<std::size_t> parse_response(bool answers_head);
  void expect_content(http1::ResponseFraming::Kind kind, std::uint64_t length);
  Taken take_content(Bytes& input, const Moment& moment);
  Taken take_chunk(Bytes& input, const Moment& moment);
  Taken failed(const std::string& why) const;

  Direction direction_;
  Place place_ = Place::head;
  Place next_ = Place::head;  // when this message is over
  std::uint64_t taken_ = 0;   // of the direction's plaintext
  bool began_ = false;        // some of the part has come
  Http1Part part_;            // being read
  std::string head_;          // as much as has come of it
  std::optional<http1::RequestHeadParser> request_;
  std::optional<http1::ResponseHeadParser> response_;
  std::uint64_t content_left_ = 0;
  Http1ChunkReader chunks_;
};

}  // namespace muxlab::server::tap
