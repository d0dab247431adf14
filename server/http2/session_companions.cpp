// What a lane adds to a page: the hints and the pushes of its companions.
#include <string>
#include <utility>

#include "server/http2/session.h"

namespace muxlab::server::http2 {
namespace {

bool is_pushed(const http::Request& request) {
  return request.stream % 2 == 0;
}

// A companion's path: "style.css" stands beside its page, "/style.css" is as it is.
std::string companion_path(const http::Request& page, std::string_view path) {
  if (path.starts_with('/')) return std::string{path};
  const std::string_view folder = page.path().substr(0, page.path().rfind('/') + 1);
  return std::string{folder}.append(path);
}

}  // namespace

void Session::hint(const http::Request& page, const http::Companions& companions) {
  if (!options_.early_hints || companions.early_hints.empty() || page.method != "GET" ||
      is_pushed(page)) {
    return;
  }
  http::Headers links;
  for (const std::string& link : companions.early_hints) links.add("link", link);
  endpoint_.inform(page.stream, 103, links);
}

void Session::push(const http::Request& page, const http::Companions& companions, Instant now) {
  if (!options_.push || !endpoint_.may_push() || phase_ != Phase::serving || page.method != "GET" ||
      is_pushed(page)) {
    return;
  }
  for (const std::string& companion : companions.push) {
    http::Request request;
    request.protocol = Protocol::http2;
    request.method = "GET";
    request.authority = page.authority;
    request.target = companion_path(page, companion);
    if (const auto codings = page.headers.find("accept-encoding")) {
      request.headers.add("accept-encoding", *codings);
    }
    if (pushed_.size() == pushed_limit || !pushed_.insert(request.target).second) continue;

    http::Headers fields{{":method", "GET"},
                         {":scheme", connection_.tls ? "https" : "http"},
                         {":authority", request.authority},
                         {":path", request.target}};
    for (const auto [name, value] : request.headers) fields.add(name, value);
    const Result<StreamId> promised = endpoint_.promise(page.stream, fields);
    if (!promised.ok()) return;
    request.stream = promised.value();
    begin(std::move(request), false, now);
  }
}

}  // namespace muxlab::server::http2
