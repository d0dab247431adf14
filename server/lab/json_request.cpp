#include "server/lab/json_request.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/http/authority.h"
#include "common/http/field_text.h"
#include "server/lab/problem.h"

namespace muxlab::server::lab {
namespace {

using Json = nlohmann::ordered_json;

std::string lowered(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = http::lowered(c);
  return lower;
}

bool is_ours(std::string_view text) {
  const auto authority = http::parse_authority(text);
  if (!authority) return false;
  const std::string host = lowered(authority->host);
  in_addr ignored;
  return authority->is_ipv6() || host == "localhost" ||
         inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

bool is_own_origin(std::string_view origin, const http::Request& request) {
  const bool secure = request.connection->tls.has_value();
  const std::string_view scheme = secure ? "https://" : "http://";
  if (!http::equals_ignoring_case(origin.substr(0, scheme.size()), scheme)) return false;
  const auto theirs = http::parse_authority(origin.substr(scheme.size()));
  const auto ours = http::parse_authority(request.authority);
  return theirs && ours && http::are_same(*theirs, *ours, http::default_port(secure));
}

// Without its parameters.
bool is_json(std::string_view content_type) {
  return http::equals_ignoring_case(http::take_member(content_type, ';'), "application/json");
}

// What is wrong with a text is found while it is read.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= max_json_depth) {
      fault = fmt::format("is nested deeper than {}", max_json_depth);
      return false;
    }
    if (event == Json::parse_event_t::object_start) names_.emplace_back();
    if (event == Json::parse_event_t::object_end) names_.pop_back();
    if (event == Json::parse_event_t::key) note(value.get<std::string>());
    return true;
  }

  std::string fault;  // empty: none

 private:
  void note(const std::string& name) {
    if (names_.back().insert(name).second) return;
    fault = fmt::format("has the name {} twice in one object",
                        Json(name).dump(-1, ' ', true, Json::error_handler_t::replace));
  }

  std::vector<std::set<std::string>> names_;  // of the objects around the place that is read
};

}  // namespace

std::optional<http::Response> refusal_of(const http::Request& request, Content content) {
  if (!is_ours(request.authority)) {
    return problem(403, "The console is changed under localhost or an address, not under a name.");
  }
  const http::Headers& headers = request.headers;
  const auto origin = headers.find("origin");
  if (origin && (headers.count("origin") > 1 || !is_own_origin(*origin, request))) {
    return problem(403, "The console is changed by its own pages, not by those of other origins.");
  }
  if (content == Content::none) return std::nullopt;
  const auto type = headers.find("content-type");
  if (!type || headers.count("content-type") > 1 || !is_json(*type)) {
    return problem(415, "The content must be application/json.");
  }
  return std::nullopt;
}

Result<Json> parse_json(const std::string& text) {
  Watch watch;
  try {
    Json json = Json::parse(text, std::ref(watch));
    if (!watch.fault.empty()) return Failure{fmt::format("The content {}.", watch.fault)};
    return json;
  } catch (const Json::out_of_range&) {
    return Failure{"The content has a number that is too large."};
  } catch (const Json::parse_error& error) {
    std::string_view what = error.what();
    constexpr std::string_view before = "parse error at ";
    if (const auto found = what.find(before); found != what.npos) {
      what.remove_prefix(found + before.size());
    }
    return Failure{fmt::format("The content is no JSON: {}.", what)};
  }
}

http::Upload accept_json(std::function<http::Response(const Json&)> then,
                         std::uint64_t most_bytes) {
  // Both functions are copied into the upload, so what they share is shared.
  auto text = std::make_shared<std::string>();
  http::Upload upload;
  upload.most_bytes = most_bytes;
  upload.content = [text](Bytes bytes) { text->append(text_of(bytes)); };
  upload.ended = [text, then = std::move(then)](const http::Headers&) {
    const Result<Json> json = parse_json(*text);
    return json.ok() ? then(json.value()) : problem(400, json.failure().message);
  };
  return upload;
}

}  // namespace muxlab::server::lab
