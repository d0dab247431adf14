// From what a person configured to the rules that a port is served by.
#pragma once

#include "server/configuration/configuration.h"
#include "server/lab/lane.h"

namespace muxlab::server::configuration {

// The lane with all that it did not say filled in from the limits, and from `line`, that of all
// lanes. It does not listen yet.
lab::Lane lane_of(const LaneConfiguration& lane, const LimitConfiguration& limits,
                  const std::optional<link::LineProfile>& line);

// The site's ports and the console, under the same limits; the site's scheduler, push and hints are
// not the console's.
lab::Lane site_lane_of(const LimitConfiguration& limits);
lab::Lane plain_lane_of(const LimitConfiguration& limits);
lab::Lane console_lane_of(const LimitConfiguration& limits);

}  // namespace muxlab::server::configuration
