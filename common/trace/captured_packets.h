// Which packets of a connection pass by whoever captures at one of its ends, and when: as if its
// plaintext had been TCP in cleartext. Without the bytes themselves.
#pragma once

#include <cstdint>
#include <vector>

#include "common/trace/connection_trace.h"
#include "common/trace/export.h"

namespace muxlab::trace {

struct CapturedPacket {
  Instant at;
  Direction direction;
  std::uint8_t flags;                // of TcpPacket
  std::uint64_t begin = 0, end = 0;  // of the direction's plaintext
  std::uint64_t acknowledged = 0;    // of the other direction's
};

// In order, with `made_up` in front (made_up_frames.h). What has not come to this end is not among
// them.
std::vector<CapturedPacket> captured_packets(const ConnectionTrace& connection, Vantage vantage,
                                             const std::vector<Plaintext>& made_up);

}  // namespace muxlab::trace
