// All that was seen of one connection. Filled by a tap, read by whoever shows or exports it. Times
// are the connection's own clock's; a run makes them relative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/connection_facts.h"
#include "common/base/connection_observer.h"
#include "common/base/time.h"
#include "common/trace/beginning.h"
#include "common/trace/frame.h"

namespace muxlab::trace {

// One request and its response, in the same terms for both protocols.
struct Exchange {
  std::uint32_t stream = 0;  // HTTP/1.1: as nth
  std::uint32_t nth = 0;     // the connection's nth exchange, from 1
  std::string method;
  std::string path;
  int status = 0;        // 0: none yet
  std::string priority;  // RFC 9218, the last word of either header field or PRIORITY_UPDATE
  bool pushed = false;
  std::uint32_t promised_on = 0;       // pushed: the stream of its promise
  std::optional<std::uint32_t> error;  // RST_STREAM's code

  // The client's first byte, and the server had its whole head. Of a pushed one: its promise,
  // written and landed.
  std::optional<Instant> sent;
  std::optional<Instant> received;
  std::optional<Instant> first_byte_written;  // of the final response
  std::optional<Instant> first_byte_landed;
  std::optional<Instant> last_byte_written;
  std::optional<Instant> last_byte_landed;
  bool complete = false;  // the last byte has been written

  std::uint64_t request_headers_plain = 0;  // names and values
  std::uint64_t request_headers = 0;        // as encoded, with frame headers or start line
  std::uint64_t response_headers_plain = 0;
  std::uint64_t response_headers = 0;
  std::uint64_t request_body = 0;  // content
  std::uint64_t body = 0;          // content of the response
};

// One transmission of one segment on a simulated line.
struct Segment {
  enum class Fate : std::uint8_t { under_way, arrived, lost, dropped };
  Direction direction = Direction::down;
  std::uint64_t offset = 0;  // on the wire
  std::uint32_t length = 0;
  bool retransmission = false;
  Fate fate = Fate::under_way;
  Instant sent;  // it was put into the queue of the bottleneck
  Instant at;    // it met its fate
};
// "arrived", "lost" (by chance), "dropped" (by the full queue), "under way".
std::string_view name_of(Segment::Fate fate);

// Plaintext as it went, for whoever wants the bytes themselves.
struct Plaintext {
  Direction direction;
  Instant sent;
  std::optional<Instant> received;  // at the other end; none: not yet, or never
  std::uint64_t wire_end;
  std::string bytes;
};

// How much of one connection a chapter may remember, of which plaintext is the most: some 16 MiB
// are a page of a thousand pictures. What comes later is counted and not kept.
inline constexpr std::size_t most_bytes_a_connection = 16 * 1024 * 1024;

// A connection's trace comes in chapters. One is all that was seen of it, or what was seen from its
// beginning on.
struct ConnectionTrace {
  std::optional<Beginning> beginning;
  ConnectionFacts facts;  // with TLS's once it is known
  std::string lane;
  bool on_a_line = false;
  std::optional<Protocol> protocol;  // none: not known yet

  Instant opened;
  // TCP's handshake on a line: when an end's SYN or SYN-ACK left, and when the answer came.
  struct Greeting {
    Instant sent;
    Instant answered;
  };
  std::optional<Greeting> greeted[2];           // by Direction: up is the client's SYN
  std::optional<Instant> established() const {  // the client had the SYN-ACK; none: not known
    const auto& syn = greeted[static_cast<std::size_t>(Direction::up)];
    return syn ? std::optional{syn->answered} : std::nullopt;
  }
  std::optional<Instant> ready;    // the client could send its first request
  std::optional<Instant> secured;  // and the server knew
  std::optional<Instant> closed;
  std::optional<EndedBy> closed_by;
  std::string closed_why;

  // Of the whole connection, by Direction: as far as records have been seen.
  std::uint64_t wire_bytes[2] = {};
  std::uint64_t plain_bytes[2] = {};
  std::uint64_t tls_bytes() const {  // all that TLS added
    return wire_bytes[0] + wire_bytes[1] - plain_bytes[0] - plain_bytes[1];
  }
  std::uint64_t own_tls_bytes() const;  // since its beginning
  // Where in a direction's plaintext its own begins.
  std::uint64_t plain_begin(Direction direction) const {
    return beginning ? beginning->plain_begin[static_cast<std::size_t>(direction)] : 0;
  }

  std::vector<Frame> frames;  // in the order in which they were complete at the server
  // In the order in which their requests were received; those first that were open at its
  // beginning.
  std::vector<Exchange> exchanges;
  std::vector<Segment> segments;  // in the order in which they were sent
  std::vector<CongestionState> congestion;
  std::vector<Plaintext> plaintext;

  std::size_t held_bytes = 0;  // about what this takes in memory
  std::uint64_t dropped = 0;   // frames, segments and pieces that were not kept
  std::string trouble;         // why decoding was given up; empty: it was not
};

}  // namespace muxlab::trace
