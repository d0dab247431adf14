// Reads the three forms of an HTTP date (RFC 9110 section 5.6.7). Reads no clock: the time now is
// passed in.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace muxlab::http {

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" or "Sun Nov  6 08:49:37 1994".
// None unless every character is in its place and the day exists and has that name. `now` only
// decides the century of a year of two digits, so a time of about now will do.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                        std::chrono::sys_seconds now);

}  // namespace muxlab::http
