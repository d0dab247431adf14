// Which fields may stand behind a request's content (RFC 9110 section 6.5.1). A field that decided
// something at the head comes too late there, and must not be taken for one of the head.
#pragma once

#include <string_view>

#include "common/http/refusal.h"

namespace muxlab::http {

enum class TrailerFate {
  kept,
  dropped,  // means nothing behind the content; harmless to whoever ignores it
  refused,  // framing or routing: whoever believed it would see another message than we do
};

inline constexpr Refusal misplaced_trailer{
    400, "A trailer field would change where the message goes or ends."};

// Needs a name in lower case.
TrailerFate trailer_fate(std::string_view name);

}  // namespace muxlab::http
