// What a balancer asks to see whether it may send clients here: /healthz, and its answer.
#pragma once

#include <string_view>

#include "common/http/response.h"

namespace muxlab::http {

inline constexpr std::string_view health_path = "/healthz";

// 200 "ok", or 503 "draining" once this server takes no new connection; nobody may keep it.
Response health_response(bool draining);

}  // namespace muxlab::http
