// How much of what nobody wants is still taken from a client that is sending it. A client that
// sends all before it reads would otherwise never see the answer that says so.
#pragma once

#include <cstdint>

namespace muxlab::http {

// Once a connection's last answer is known. Four times the largest upload that the site takes: who
// misjudges a limit, and by how much, learns of it. To drop so much costs a core some tenth of a
// second.
inline constexpr std::uint64_t most_unwanted_bytes = 256u << 20;

}  // namespace muxlab::http
