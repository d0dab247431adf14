// Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng): one section, one interface, its
// packets. Knows nothing of what the packets hold.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace muxlab::trace {

// Section header and interface: packets are Ethernet frames, their times microseconds. A comment on
// the whole.
void append_section(std::string& out, std::string_view comment);

// An enhanced packet. `comment` may be empty.
void append_packet(std::string& out, std::chrono::microseconds since_1970, std::string_view packet,
                   std::string_view comment);

}  // namespace muxlab::trace
