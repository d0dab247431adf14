// How late a line's sender asks for what comes next: the sender obeys it, and whoever reads a trace
// tells by it when the sender was full.
#pragma once

#include <cstdint>

namespace muxlab {

// How much may wait to be sent beyond what TCP's window lets through: enough that an
// acknowledgement finds something to send, little enough that whoever writes decides late what
// comes next.
inline constexpr std::uint64_t unsent_ahead_bytes = 16 * 1024;

// The sender takes more, up to that, when no more than this waits.
inline constexpr std::uint64_t sender_takes_more_below_bytes = unsent_ahead_bytes / 2;

}  // namespace muxlab
