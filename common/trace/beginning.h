// What the trace of a connection begins with when the connection was there before: what its frames
// can't be understood without. A trace without a beginning has everything from the first byte on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/trace/dynamic_table.h"
#include "common/trace/flow_windows.h"

namespace muxlab::trace {

// An identifier and its value (RFC 9113 section 6.5.1).
using Setting = std::pair<std::uint16_t, std::uint32_t>;

// Arrays are by Direction: of what goes that way.
struct Beginning {
  Instant at;

  // Where in the direction's plaintext the trace's begins: with the first byte of a frame or of a
  // part of an HTTP/1.1 message.
  std::uint64_t plain_begin[2] = {};

  // What of the connection's bytes had been seen.
  std::uint64_t wire_bytes[2] = {};
  std::uint64_t plain_bytes[2] = {};

  // All that went down was at the client. Otherwise what the client knew is not known until a later
  // frame has landed: it lands after all before it.
  bool all_landed = true;

  // HTTP/2 only. Settings in force, each one's last value, by the direction in which they were
  // sent; HPACK's tables, by the direction of the blocks; windows as the server sees them, of the
  // connection and of streams that are open.
  std::vector<Setting> settings[2];
  DynamicTable tables[2];
  FlowWindows windows;

  std::size_t held_bytes = 0;  // how much of the trace's was taken over with it
};

}  // namespace muxlab::trace
