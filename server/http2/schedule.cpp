#include "server/http2/schedule.h"

#include <array>

namespace muxlab::server::http2 {
namespace {

struct Rule {
  std::string_view type_begins;
  http::Priority priority;
};

// A page is discovered by its HTML, drawn by its styles and fonts, runs by its scripts; pictures
// come in parts, and together.
constexpr std::array<Rule, 6> by_content_type{{
    {"text/html", {.urgency = 0, .incremental = true}},
    {"text/css", {.urgency = 1}},
    {"font/", {.urgency = 1}},
    {"text/javascript", {.urgency = 2}},
    {"application/json", {.urgency = 2}},
    {"image/", {.urgency = 4, .incremental = true}},
}};

http::Priority priority_of_type(std::string_view content_type) {
  for (const Rule& rule : by_content_type) {
    if (content_type.starts_with(rule.type_begins)) return rule.priority;
  }
  return {.urgency = 5, .incremental = true};
}

}  // namespace

std::string_view name_of(Scheduler scheduler) {
  for (const auto& [each, name] : scheduler_names) {
    if (each == scheduler) return name;
  }
  return "";
}

std::optional<http::Priority> priority_for(Scheduler scheduler, std::string_view content_type) {
  switch (scheduler) {
    case Scheduler::priority:
      return std::nullopt;
    case Scheduler::fifo:
      return http::Priority{.urgency = 3, .incremental = false};
    case Scheduler::round_robin:
      return http::Priority{.urgency = 3, .incremental = true};
    case Scheduler::server:
      return priority_of_type(content_type);
  }
  return std::nullopt;
}

}  // namespace muxlab::server::http2
