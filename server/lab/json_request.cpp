#include "server/lab/json_request.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/field_text.h"
#include "server/lab/problem.h"

namespace muxlab::server::lab {
namespace {

using json::Json;

std::string lowered(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = http::lowered(c);
  return lower;
}

// "localhost" of "localhost:8440", "::1" of "[::1]:8440".
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    return authority.substr(1, std::min(authority.find(']'), authority.size()) - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_ours(std::string_view authority) {
  const std::string host = lowered(host_of(authority));
  in6_addr ignored;
  const int family = authority.starts_with('[') ? AF_INET6 : AF_INET;
  return host == "localhost" || inet_pton(family, host.c_str(), &ignored) == 1;
}

bool is_own_origin(std::string_view origin, const http::Request& request) {
  const bool secure = request.connection->tls.has_value();
  const auto own = fmt::format("{}://{}", secure ? "https" : "http", request.authority);
  return lowered(origin) == lowered(own);
}

// Without its parameters.
bool is_json(std::string_view content_type) {
  return http::equals_ignoring_case(http::take_member(content_type, ';'), "application/json");
}

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

}  // namespace muxlab::server::lab
