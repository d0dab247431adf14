// How much of anything a peer may send in one HTTP/1 message, each with its reason: what HTTP/2 has
// too is in common/http/limits.h, and the rest is here. Every limit is inclusive: exactly so much
// is accepted, one more is refused.
#pragma once

#include <cstddef>

#include "common/http/limits.h"

namespace muxlab::http1 {

using http::max_field_name_bytes;
using http::max_fields;
using http::max_head_bytes;
using http::max_request_line_bytes;

// Without its CRLF. A reason phrase is a few words; as much as for a request line is more than any.
inline constexpr std::size_t max_status_line_bytes = 8192;

// RFC 9112 section 2.2 asks for "at least one" empty line to be ignored before a request line. Old
// clients send one after a request body; more is no client.
inline constexpr std::size_t max_empty_lines = 2;

// Over all chunks of one message. Nobody sends extensions; unbounded they are content that no limit
// on content counts.
inline constexpr std::size_t max_chunk_extension_bytes = 4096;

}  // namespace muxlab::http1
