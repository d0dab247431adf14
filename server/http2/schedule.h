// What each Scheduler means in the terms of RFC 9218: the priority that a response gets whatever
// the client wishes, or none where its wish decides.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "common/http/priority.h"

namespace muxlab::server::http2 {

// In which order answers share the connection.
enum class Scheduler {
  priority,     // as the client wishes (RFC 9218)
  fifo,         // in the order of the requests: none begins before the one ahead of it is over
  round_robin,  // all at once, in turns
  server,       // by content type: what a page needs first goes first
};

// As configuration and console have them.
inline constexpr std::array<std::pair<Scheduler, std::string_view>, 4> scheduler_names{{
    {Scheduler::priority, "priority"},
    {Scheduler::fifo, "fifo"},
    {Scheduler::round_robin, "round-robin"},
    {Scheduler::server, "server"},
}};
std::string_view name_of(Scheduler scheduler);

// `content_type` is the response's; empty when it has none.
std::optional<http::Priority> priority_for(Scheduler scheduler, std::string_view content_type);

}  // namespace muxlab::server::http2
