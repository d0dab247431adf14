// Reads one field line of a head (RFC 9112 section 5), a request's or a response's, strictly and
// under the limits of limits.h.
#pragma once

#include <optional>
#include <string_view>

#include "common/http/headers.h"
#include "common/http1/refusal.h"

namespace muxlab::http1 {

// Adds the line's field to `headers`, its name in lower case and its value without white space
// around it; or gives why not. Needs a line that is not empty and holds no control character but
// HTAB.
std::optional<Refusal> read_field_line(std::string_view line, http::Headers& headers);

}  // namespace muxlab::http1
