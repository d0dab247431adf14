// The client's ports as an export tells them: a file knows no lanes, so that each has to be
// another.
#pragma once

#include <cstdint>
#include <vector>

#include "common/trace/run_trace.h"

namespace muxlab::trace {

// One for each connection of the run, in their order: its own, where no earlier one has it.
std::vector<std::uint16_t> client_ports(const RunTrace& trace);

}  // namespace muxlab::trace
