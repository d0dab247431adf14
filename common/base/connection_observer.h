// Whoever watches one connection is told here what becomes of it. A connection that nobody watches
// pays a null check for each thing that could be told.
#pragma once

#include <cstdint>

#include "common/base/direction.h"
#include "common/base/time.h"

namespace muxlab {

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
  std::uint64_t offset;  // of its first byte, from 0, in this direction of the connection
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

class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;
  virtual void segment(const SegmentEvent& event) = 0;
  virtual void congestion(const CongestionState& state) = 0;
};

}  // namespace muxlab
