// The request target in its four forms (RFC 9112 section 3.2), and the authority that it or Host
// names. Knows no fields and no resources.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http1/refusal.h"

namespace muxlab::http1 {

struct RequestTarget {
  std::string path_and_query;  // origin-form, or "*"
  std::string authority;       // of an absolute-form; else empty
};

// Reads `text` into `target`; gives why not.
std::optional<Refusal> read_target(std::string_view method, std::string_view text,
                                   RequestTarget& target);

}  // namespace muxlab::http1
