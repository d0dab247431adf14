// A line's profile as JSON, for the console's API. Knows the form alone; what a field may be is
// common/link's to say.
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/json/json.h"
#include "common/link/line_profile.h"

namespace muxlab::server::lab::api {

// {"preset": "cable", "rtt_ms": 30, "down_bps": 50000000, "up_bps": 10000000, "loss_down": 0.0,
//  "loss_up": 0.0, "burst": null, "lose": [], "queue_packets": 100, "queue_bytes": null,
//  "congestion_control": "reno", "seed": 1}
// Null is: no preset (or one that was changed), no limit, no bursts, no bytes.
json::Json line_json(const link::LineProfile& profile);

// An object of those fields, or a text as parse_line() takes it. What an object does not say is as
// its preset has it, or else as on a line without any. A failure begins with the field's name,
// "rtt_ms: ...", or with "line: " when it is of the whole.
Result<link::LineProfile> line_from_json(const json::Json& json);

// The name that such a failure begins with.
std::string field_of(const Failure& failure);

}  // namespace muxlab::server::lab::api
