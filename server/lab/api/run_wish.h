// What a caller asks for when it begins a run, and what a client reports when it is over: JSON in,
// values out, with the name of the field where something is wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/http/response.h"
#include "common/json/json.h"
#include "common/link/line_profile.h"
#include "common/trace/run_trace.h"
#include "server/lab/lab.h"
#include "server/site/page_json.h"

namespace muxlab::server::lab::api {

struct RunOrder {
  recording::RunWish wish;
  bool sets_line = false;  // the caller's line on the lane becomes `line`
  std::optional<link::LineProfile> line;
};

// A problem to answer with, or the order. `pages` are those of the site.
std::variant<http::Response, RunOrder> read_run_order(const json::Json& json, const Lab& lab,
                                                      const site::PageDescriptions& pages);

// {"load_ms": 812.4, "resources": [{"path": "/r/k3/...", "start": 12.1, "request": 30.2}]}; times
// are relative to the client's own zero. null and {}: nothing.
std::variant<http::Response, std::vector<trace::ClientReport>> read_report(const json::Json& json);

}  // namespace muxlab::server::lab::api
