#include "server/lab/api/json_request.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/authority.h"
#include "common/http/field_text.h"
#include "server/lab/api/problem.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;

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

}  // namespace

std::optional<http::Response> refusal_of(const http::Request& request, const OwnNames& names,
                                         Content content) {
  if (!names.hold(request.authority)) {
    return problem(403,
                   "The console is changed under a name of its certificate: localhost, an address "
                   "that it was told to listen on, or a name given by --host-name.");
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

http::Upload accept_json(std::function<http::Response(const Json&)> then,
                         std::uint64_t most_bytes) {
  // Both functions are copied into the upload, so what they share is shared.
  auto text = std::make_shared<std::string>();
  http::Upload upload;
  upload.most_bytes = most_bytes;
  upload.content = [text](Bytes bytes) { text->append(text_of(bytes)); };
  upload.ended = [text, then = std::move(then)](const http::Headers&) {
    const Result<Json> read = json::parse(*text);
    if (!read.ok()) return problem(400, fmt::format("The content {}.", read.failure().message));
    return then(read.value());
  };
  return upload;
}

}  // namespace muxlab::server::lab::api
