// How much of anything a peer may send in one HTTP/1 message, each with its reason.
// Every limit is inclusive: exactly so much is accepted, one more is refused.
#pragma once

#include <cstddef>

namespace muxlab::http1 {

// Without its CRLF. RFC 9112 section 3 asks for at least 8,000 octets.
inline constexpr std::size_t max_request_line_bytes = 8192;

// Without its CRLF. A reason phrase is a few words; as much as for a request line is more than any.
inline constexpr std::size_t max_status_line_bytes = 8192;

// From the start line's first byte to the empty line's last: several times what a browser with
// many cookies sends, and the most that an unfinished head can hold of our memory.
inline constexpr std::size_t max_head_bytes = 32768;

// Browsers send 10 to 20 fields; each costs an entry in the header list.
inline constexpr std::size_t max_fields = 100;

// The longest registered field name has 45 characters; lower-casing needs a place of fixed size.
inline constexpr std::size_t max_field_name_bytes = 256;

// RFC 9112 section 2.2 asks for "at least one" empty line to be ignored before a request line. Old
// clients send one after a request body; more is no client.
inline constexpr std::size_t max_empty_lines = 2;

// Over all chunks of one message. Nobody sends extensions; unbounded they are content that no limit
// on content counts.
inline constexpr std::size_t max_chunk_extension_bytes = 4096;

}  // namespace muxlab::http1
