// A request that changes something on the console: whether it comes from whom it should, and the
// JSON it brings. Knows nothing of what is changed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "common/http/handler.h"
#include "common/json/json.h"
#include "server/lab/own_names.h"

namespace muxlab::server::lab::api {

// Many times what any call needs (413).
inline constexpr std::uint64_t max_json_bytes = 16 * 1024;

// The answer to a request that may change nothing:
//   403 when Host is none of the console's own names (own_names.h says why).
//   403 when there is an Origin and it is not the console's own: scheme, host and port as the
//       request has them. Programs send none, browsers always do.
//   415 when the content is not application/json, which no form of another site can send.
// A request that brings no content is held to the first two alone: with a browser's every such
// request of a page elsewhere has an Origin (POST, DELETE).
enum class Content { json, none };
std::optional<http::Response> refusal_of(const http::Request& request, const OwnNames& names,
                                         Content content = Content::json);

// Takes the content and answers with `then`; 400 when json::parse refuses it.
http::Upload accept_json(std::function<http::Response(const json::Json&)> then,
                         std::uint64_t most_bytes = max_json_bytes);

}  // namespace muxlab::server::lab::api
