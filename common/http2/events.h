// What an HTTP/2 endpoint learned from its peer, in the order it happened. Plain values: whoever
// owns the endpoint takes them after each receive() and produce().
#pragma once

#include <cstdint>
#include <variant>

#include "common/base/bytes.h"
#include "common/http/headers.h"
#include "common/http/refusal.h"

namespace muxlab::http2 {

using StreamId = std::uint32_t;

// Which end of a connection is meant.
enum class Role { server, client };

// RFC 9113 section 7.
enum class ErrorCode : std::uint32_t {
  no_error = 0x0,
  protocol_error = 0x1,
  internal_error = 0x2,
  flow_control_error = 0x3,
  settings_timeout = 0x4,
  stream_closed = 0x5,
  frame_size_error = 0x6,
  refused_stream = 0x7,
  cancel = 0x8,
  compression_error = 0x9,
  connect_error = 0xa,
  enhance_your_calm = 0xb,
  inadequate_security = 0xc,
  http_1_1_required = 0xd,
};

// A whole field section: a request's or a response's (pseudo-header fields first), or trailers.
struct HeadersReceived {
  StreamId stream;
  http::Headers fields;
  bool end_stream;   // nothing follows on this stream
  bool is_trailers;  // it has no pseudo-header fields
  // Which limit the section is above (a server's only): then `fields` holds what came before that.
  // Null: it is whole.
  const http::Refusal* refused;
};

// The server will answer a request that we did not make (RFC 9113 section 8.4).
struct PromiseReceived {
  StreamId stream;    // of the request that led to it
  StreamId promised;  // where the answer will come
  http::Headers fields;
};

struct ContentReceived {
  StreamId stream;
  Bytes content;  // holds until the endpoint's next receive()
};

// The peer has sent the last of its message by a DATA frame.
struct ContentEnded {
  StreamId stream;
};

struct StreamClosed {
  StreamId stream;
  ErrorCode code;
  std::uint64_t sent_bytes;  // of content
  bool sent_whole;           // our side of the message went out to its end
};

// A stream's place by the scheme that RFC 9113 has given up (RFC 7540 section 5.3). It schedules
// nothing here: it is there to be shown, for browsers still send it.
struct OldPriorityReceived {
  StreamId stream;
  StreamId depends_on;
  int weight;  // 1 to 256
  bool exclusive;
};

struct PingAcknowledged {};

struct GoawayReceived {
  StreamId last_stream;
  ErrorCode code;
};

using Event = std::variant<HeadersReceived, PromiseReceived, OldPriorityReceived, ContentReceived,
                           ContentEnded, StreamClosed, PingAcknowledged, GoawayReceived>;

}  // namespace muxlab::http2
