// One value of the configuration: read from JSON, written as JSON, and described in words and as a
// JSON Schema. The only place that knows how each type of value is written.
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/json/json.h"
#include "server/configuration/keys.h"

namespace muxlab::server::configuration {

using json::Json;

// What the value may be, to stand behind "give": "a whole number from 1 to 1024, or null".
std::string expectation(const Place& place, const Range& range);

// The same as a schema (JSON Schema, draft 2020-12).
Json schema_of(const Place& place, const Range& range);

// False when `value` is not what is expected; then nothing is changed.
[[nodiscard]] bool read_value(const Json& value, const Range& range, const Place& place);

Json value_of(const Place& place);

// A value without a default: a lane's name and protocol.
bool is_needed(const Place& place);

// What is wrong within a value that was not expected, where more can be said of it than the
// expectation does: "rtt: ..." of a line. Empty: no more.
std::string fault_within(const Json& value, const Place& place);

}  // namespace muxlab::server::configuration
