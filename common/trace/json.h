// How this room writes JSON: times, what is unknown, and text from anywhere.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "common/base/time.h"

namespace muxlab::trace {

using Json = nlohmann::ordered_json;

// Milliseconds with microsecond digits.
double rounded_ms(Duration duration);

inline Json ms_json(std::optional<Duration> duration) {
  return duration ? Json(rounded_ms(*duration)) : Json(nullptr);
}
inline Json ms_json(std::optional<Instant> instant, Instant start) {
  return instant ? Json(rounded_ms(*instant - start)) : Json(nullptr);
}
inline Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

// In one line. What is no UTF-8 is replaced: a peer may send anything.
inline std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "2026-11-20T08:00:00.000123Z"
std::string utc_text(std::chrono::system_clock::time_point when);

}  // namespace muxlab::trace
