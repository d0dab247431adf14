// One exchange as an entry of a HAR 1.2.
#pragma once

#include <cstdint>

#include "common/trace/har_timings.h"
#include "common/trace/json.h"
#include "common/trace/messages.h"
#include "common/trace/run_trace.h"

namespace muxlab::trace {

// What the run's only page is called.
inline constexpr const char* har_page = "page_1";

// A text that is no longer than this is put into the HAR; of all else only the size is.
inline constexpr std::uint64_t most_text_bytes = 64 * 1024;

// `messages` are those of the exchange's connection, `client_port` its port among the file's.
Json har_entry(const RunTrace& trace, RunExchange which, const Messages& messages,
               const HarTimings& timings, std::uint16_t client_port);

}  // namespace muxlab::trace
