// How much of anything a peer may send in one message's head, each with its reason: the same
// whichever dialect carries it, and so are the answers to what is above. Every limit is inclusive:
// exactly so much is accepted, one more is refused.
//
// HTTP/2 counts what it decoded as HTTP/1.1 would have written it: a request is judged by what it
// says and not by how well it was compressed.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/http/refusal.h"

namespace muxlab::http {

// Without its CRLF: method, target, version and two spaces. RFC 9112 section 3 asks for at least
// 8,000 octets.
inline constexpr std::size_t max_request_line_bytes = 8192;
inline constexpr Refusal long_request_line{414, "The request line is longer than 8 KiB."};

// From the start line's first byte to the empty line's last: several times what a browser with
// many cookies sends, and the most that an unfinished head can hold of our memory. Trailers are
// held to it too.
inline constexpr std::size_t max_head_bytes = 32768;
inline constexpr Refusal long_head{431, "The head is longer than is taken."};
inline constexpr Refusal long_trailers{431, "The trailer fields are longer than is taken."};

// Browsers send 10 to 20 fields; each costs an entry in the header list. What HTTP/2 puts into
// pseudo-header fields is no field, and a Cookie that it cuts into crumbs is one (RFC 9113
// section 8.2.3): Chromium makes a crumb of each cookie.
inline constexpr std::size_t max_fields = 100;
inline constexpr Refusal many_fields{431, "The head holds more fields than are taken."};
inline constexpr Refusal many_trailers{431, "There are more trailer fields than are taken."};

// The longest registered field name has 45 characters; lower-casing needs a place of fixed size.
inline constexpr std::size_t max_field_name_bytes = 256;
inline constexpr Refusal long_field_name{431, "A field name is longer than 256 bytes."};

// An answer needs a head that ends. HTTP/1.1 stops reading at the limit; HTTP/2 must decode to the
// block's end, or its compression is out of step, and does so up to this many times each limit of a
// field section. What is above is an attack: the stream is reset, and the rest skipped.
inline constexpr std::size_t hopeless_factor = 4;

// The bytes that a start line has beside method and target: two spaces and the version.
inline constexpr std::size_t request_line_rest_bytes = std::string_view{"  HTTP/1.1"}.size();

// The bytes of a field line beside name and value: colon, space, CRLF.
inline constexpr std::size_t field_line_rest_bytes = std::string_view{": \r\n"}.size();

}  // namespace muxlab::http
