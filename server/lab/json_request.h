// A request that changes something on the console: whether it comes from whom it should, and the
// JSON it brings. Knows nothing of what is changed.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/base/result.h"
#include "common/http/handler.h"

namespace muxlab::server::lab {

// Many times what any call needs (413).
inline constexpr std::uint64_t max_json_bytes = 16 * 1024;

// Far above what any call nests; it bounds what walks the tree.
inline constexpr int max_json_depth = 8;

// The answer to a request that may change nothing:
//   403 when Host is a name other than localhost. A page elsewhere can have its own name resolve to
//       this machine (DNS rebinding) and would then be of the same origin; an address or localhost
//       it can't make its own.
//   403 when there is an Origin and it is not the console's own: scheme, host and port as the
//       request has them. Programs send none, browsers always do.
//   415 when the content is not application/json, which no form of another site can send.
// A request that brings no content is held to the first two alone: with a browser's every such
// request of a page elsewhere has an Origin (POST, DELETE).
enum class Content { json, none };
std::optional<http::Response> refusal_of(const http::Request& request,
                                         Content content = Content::json);

// Takes the content and answers with `then`; 400 when it is no JSON.
http::Upload accept_json(std::function<http::Response(const nlohmann::ordered_json&)> then,
                         std::uint64_t most_bytes = max_json_bytes);

// Strict: no comments, no two equal names in one object, nothing deeper than max_json_depth.
Result<nlohmann::ordered_json> parse_json(const std::string& text);

}  // namespace muxlab::server::lab
