// One frame as a line for a person at a terminal, and the same as a line of JSON.
//
//     0.204817 c17    ↓ 1     HEADERS           91 END_HEADERS               200
//     seconds  where    stream type         length flags                     what matters of it
#pragma once

#include <string>

#include "common/base/time.h"
#include "common/trace/connection_trace.h"

namespace muxlab::server::logs {

// Longer lines are cut: what a peer sends must not flood a terminal.
inline constexpr std::size_t most_detail_bytes = 120;

// Times count from `zero`. A peer's text can't move the cursor: control characters and what is no
// ASCII are written as \x1b. Coloured by protocol, and errors by their own colour.
std::string frame_line(const trace::ConnectionTrace& connection, const trace::Frame& frame,
                       Instant zero, bool coloured);
// Says that a connection's decoding was given up.
std::string gave_up_line(const trace::ConnectionTrace& connection, bool coloured);

// As frame_json(), with the connection's lane.
std::string frame_json_line(const trace::ConnectionTrace& connection, const trace::Frame& frame,
                            Instant zero);
std::string gave_up_json_line(const trace::ConnectionTrace& connection);

}  // namespace muxlab::server::logs
