// Cookies as a HAR lists them.
#pragma once

#include <chrono>

#include "common/trace/json.h"
#include "common/trace/messages.h"

namespace muxlab::trace {

// Of a request (RFC 6265 section 4.2): names and values. HTTP/2 may say them in several fields.
Json cookies_of_request(const HeaderBlock* request);

// Of a response (RFC 6265 section 4.1), with their attributes. Max-Age counts from `received`.
Json cookies_of_response(const HeaderBlock* response,
                         std::chrono::system_clock::time_point received);

}  // namespace muxlab::trace
