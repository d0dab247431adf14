// Frames that nobody sent: for a decoder that can't begin in the middle of an HTTP/2 connection.
// They have it know what it would know, had it seen the connection from its first byte on.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/trace/connection_trace.h"

namespace muxlab::trace {

// Where the made-up header blocks stand: the last stream there can be (RFC 9113 section 5.1.1).
// Each has this field too, which no table keeps.
inline constexpr std::uint32_t made_up_stream = 0x7fffffff;
inline constexpr std::string_view made_up_field = "muxlab-made-up";

// The preface and the settings in force, acknowledged; then blocks that put into the dynamic tables
// what these held, the oldest first. All at the beginning's time. Needs a beginning, and HTTP/2.
std::vector<Plaintext> made_up_frames(const ConnectionTrace& connection);

}  // namespace muxlab::trace
