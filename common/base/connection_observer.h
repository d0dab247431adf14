// Whoever watches one connection is told here what becomes of it: its plaintext both ways, when
// that landed, its segments, its beginning and its end. A connection that nobody watches pays a
// null check for each thing that could be told.
//
// Times are those of the connection's own clock: of its line, where it is on one. Wire bytes are
// counted from 0 in each direction and hold all that TLS adds.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/connection_facts.h"
#include "common/base/direction.h"
#include "common/base/time.h"

namespace muxlab {

// Plaintext of one direction, in order. Down: what one TLS record holds, told before it departs.
// Up: as much as was opened at once. In cleartext a record is as much as was moved at once.
struct PlaintextPiece {
  Direction direction;
  Bytes bytes;             // valid during the call
  Instant sent;            // down: the server wrote it. Up: the client did, as the line saw it
  Instant received;        // up: the server has it. Down: as sent; landed() tells the rest
  std::uint64_t wire_end;  // where its last record ends on the wire
};

// One thing that happened to one TCP segment on a simulated line.
struct SegmentEvent {
  enum class What : std::uint8_t {
    queued,        // it waits in front of the bottleneck
    sent,          // its last bit has left the bottleneck; told when it is queued, `at` lies ahead
    dropped,       // the queue was full
    lost,          // it left the bottleneck and never arrived; `at` lies ahead, as for sent
    arrived,       // at the far end; that is not yet delivered: bytes before it may be missing
    acknowledged,  // the sender knows that it arrived
  };
  What what;
  Direction direction;
  bool retransmission;   // of acknowledged: it had been sent more than once
  std::uint64_t offset;  // of its first byte on the wire, in this direction of the connection
  std::uint32_t bytes;   // of payload; 0: the segment that ends the direction (FIN) alone
  Instant at;
};

// A sender's congestion control, after it changed.
struct CongestionState {
  Direction direction;
  std::uint32_t window_packets;     // cwnd
  std::uint32_t threshold_packets;  // ssthresh
  std::uint32_t in_flight_packets;
  Instant at;
};

// Which end ended a connection: closed it, reset it, or broke its rules.
enum class EndedBy : std::uint8_t { client, server };

constexpr std::string_view name_of(EndedBy by) {
  return by == EndedBy::client ? "client" : "server";
}

class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;

  // First of all. `facts` as known at the accept: no TLS yet.
  virtual void opened(const ConnectionFacts& facts, Instant at) = 0;
  // TCP's handshake, on a line only: the end that sends in this direction knows that the other one
  // is there. `greeted` is when its SYN or SYN-ACK left that was answered, `at` when the answer
  // came.
  virtual void established(Direction direction, Instant greeted, Instant at) = 0;
  // The TLS handshake is done: `ready` is when the client could send its first request, `at` when
  // the server knew. Not told in cleartext.
  virtual void secured(const TlsFacts& facts, Instant ready, Instant at) = 0;
  virtual void plaintext(const PlaintextPiece& piece) = 0;
  // The first `wire_bytes` that went down have landed at the client: without a line, the kernel has
  // taken them. Never goes back; may be told again.
  virtual void landed(std::uint64_t wire_bytes, Instant at) = 0;
  virtual void segment(const SegmentEvent& event) = 0;
  virtual void congestion(const CongestionState& state) = 0;
  // Once, when the end is decided; what is under way may still land. `why` is empty where nothing
  // went wrong. Not told when the server is stopped.
  virtual void ended(EndedBy by, std::string_view why, Instant at) = 0;
};

}  // namespace muxlab
