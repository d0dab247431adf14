// What the console answers in JSON, and how it says what is wrong (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "common/http/response.h"
#include "common/json/json.h"

namespace muxlab::server::lab::api {

// Not to be stored. Text that is a peer's own need not be UTF-8: what is not, is replaced.
http::Response json_response(int status, const json::Json& json);

// {"title": "Bad Request", "status": 400, "detail": "...", "field": "rtt_ms"}; without the field
// where none is wrong.
http::Response problem(int status, const std::string& detail, std::string_view field = {});

// With what else a program may want to know of it (RFC 9457 section 3.2).
http::Response problem_with(int status, const std::string& detail, const json::Json& members);

// To a method that the address does not take, and to OPTIONS: which it does, "GET, HEAD, OPTIONS".
http::Response method_problem(std::string_view method, std::string_view allowed);
http::Response options_response(std::string_view allowed);

}  // namespace muxlab::server::lab::api
