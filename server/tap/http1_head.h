// The lines of an HTTP/1.1 head or of trailers as they stood on the wire, names as they were
// written. Parses nothing that a parser has not accepted.
#pragma once

#include <memory>
#include <string_view>

#include "common/trace/frame.h"

namespace muxlab::server::tap {

// Needs the bytes of a whole head: perhaps empty lines, a start line, field lines, an empty line.
std::unique_ptr<trace::HeaderBlock> read_http1_head(std::string_view head);

// Needs field lines and an empty line. Null: there is no field.
std::unique_ptr<trace::HeaderBlock> read_http1_trailers(std::string_view text);

}  // namespace muxlab::server::tap
