// One frame as a record of the trace JSON.
#pragma once

#include <optional>

#include "common/trace/analysis.h"
#include "common/trace/connection_trace.h"
#include "common/trace/json.h"

namespace muxlab::trace {

Json frame_record(const ConnectionTrace& connection, const Frame& frame, Instant start);

// For a frame's `detail.windows`.
Json windows_record(const WindowView& view);

}  // namespace muxlab::trace
