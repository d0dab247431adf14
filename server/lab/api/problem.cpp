#include "server/lab/api/problem.h"

#include <fmt/format.h>

namespace muxlab::server::lab::api {
namespace {

using json::Json;

http::Response response_of(int status, std::string_view type, const Json& json) {
  http::Response response = http::text_response(
      status, type, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace

http::Response json_response(int status, const Json& json) {
  return response_of(status, "application/json", json);
}

http::Response problem(int status, const std::string& detail, std::string_view field) {
  return problem_with(status, detail, field.empty() ? Json::object() : Json{{"field", field}});
}

http::Response problem_with(int status, const std::string& detail, const Json& members) {
  Json json{{"title", http::reason_phrase(status)}, {"status", status}, {"detail", detail}};
  json.update(members);
  return response_of(status, "application/problem+json", json);
}

http::Response method_problem(std::string_view method, std::string_view allowed) {
  http::Response response = problem(405, fmt::format("{} is not for this address.", method));
  response.headers.add("allow", allowed);
  return response;
}

http::Response options_response(std::string_view allowed) {
  http::Response response;
  response.status = 204;
  response.headers.add("allow", allowed);
  return response;
}

}  // namespace muxlab::server::lab::api
