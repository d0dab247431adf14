// The console's calls about runs: beginning and ending them, what was seen in them, as JSON and as
// files for other tools. docs/api.md describes them for their users.
#pragma once

#include <string_view>

#include "common/http/handler.h"
#include "common/json/json.h"
#include "server/lab/lab.h"

namespace muxlab::server::lab::api {

// A client's report of a thousand requests.
inline constexpr std::uint64_t max_report_bytes = 1024 * 1024;

class RunsApi {
 public:
  // `lab` outlives this and what it accepted.
  explicit RunsApi(Lab& lab) : lab_(lab) {}

  // False: the address is none of these, and nothing was done. Else the request was answered, or
  // its content accepted.
  bool answer(const http::Request& request, http::Responder& responder);

 private:
  void answer_all(const http::Request& request, http::Responder& responder);
  // What stands behind /api/runs/.
  void answer_run(std::string_view rest, const http::Request& request, http::Responder& responder);
  void answer_end(std::string_view id, const http::Request& request, http::Responder& responder);
  http::Response begin(const json::Json& json, const std::string& client, const std::string& host);
  http::Response end(const std::string& id, const json::Json& report);
  http::Response trace_of(const recording::RunRecord& run, std::string_view form,
                          const http::Request& request) const;
  http::Response no_run(std::string_view id) const;

  Lab& lab_;
};

}  // namespace muxlab::server::lab::api
