// Whose turn it was on a connection: what was written down it, in order, and how long each piece
// kept the sender from taking more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/base/time.h"
#include "common/trace/connection_trace.h"

namespace muxlab::trace {

struct Turn {
  Instant from;  // no turn begins before the one before it is over
  Instant until;
  std::uint64_t bytes = 0;
  std::optional<std::size_t> exchange;  // index into the connection's; none: of no exchange
};

// On a line it is known when the sender was full. Without one it is inferred: whoever went on
// writing, and might have before, had to wait for the kernel.
std::vector<Turn> turns_of(const ConnectionTrace& connection);

// The index of each stream's exchange.
std::unordered_map<std::uint32_t, std::size_t> exchanges_by_stream(
    const ConnectionTrace& connection);

}  // namespace muxlab::trace
