// One exchange as an entry of a HAR 1.2.
#pragma once

#include "common/trace/json.h"
#include "common/trace/messages.h"
#include "common/trace/run_trace.h"

namespace muxlab::trace {

// What the run's only page is called.
inline constexpr const char* har_page = "page_1";

// A text that is no longer than this is put into the HAR; of all else only the size is.
inline constexpr std::uint64_t most_text_bytes = 64 * 1024;

// `messages` are those of the exchange's connection. `report` may be null.
Json har_entry(const RunTrace& trace, RunExchange which, const Messages& messages,
               const ClientReport* report);

}  // namespace muxlab::trace
