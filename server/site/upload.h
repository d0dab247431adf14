// /upload: takes content, keeps none of it, and answers what it was. For seeing an upload at work.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/http/handler.h"

namespace muxlab::server::site {

inline constexpr std::string_view upload_methods = "POST, PUT, OPTIONS";

// As large as the largest object: up and down can be compared.
inline constexpr std::uint64_t max_upload_bytes = 64u << 20;

// Answered, when all has come, with {"bytes": 3, "fnv1a64": "...", "trailers": {"name": "value"}}.
http::Upload accept_upload();

}  // namespace muxlab::server::site
