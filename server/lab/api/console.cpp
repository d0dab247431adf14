#include "server/lab/api/console.h"

#include <fmt/format.h>

#include "common/http/authority.h"
#include "common/http/health.h"
#include "server/lab/api/framing.h"
#include "server/lab/api/line_json.h"
#include "server/lab/api/problem.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;
using json::or_null;

constexpr std::string_view allowed_methods = "GET, HEAD, OPTIONS";

Json lane_json(const Lane& lane, std::string_view host) {
  const auto& http1 = lane.rules.http1;
  const auto& http2 = lane.rules.http2;
  const Duration timeout = http1 ? http1->idle_timeout : http2->idle_timeout;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
  const bool kept = !http1 || http1->keep_alive;
  return {
      {"name", lane.name},
      {"port", lane.port},
      {"protocol", lane.protocol()},
      {"keep_alive", kept},
      {"timeout_s", kept ? Json(seconds) : Json(nullptr)},
      {"max_requests", http1 ? or_null(http1->max_requests) : Json(nullptr)},
      {"max_streams", http2 ? Json(http2->endpoint.max_concurrent_streams) : Json(nullptr)},
      {"hpack_table", http2 ? Json(http2->endpoint.header_table_bytes) : Json(nullptr)},
      {"scheduler", http2 ? Json(http2::name_of(http2->scheduler)) : Json(nullptr)},
      {"push", http2 && http2->push},
      {"early_hints", http2 && http2->early_hints},
      {"line", lane.line ? line_json(*lane.line) : Json(nullptr)},
      {"tap", lane.tap},
      {"url", lane.url(host)},
  };
}

Json tls_json(const std::optional<TlsFacts>& tls) {
  if (!tls) return nullptr;
  return {{"version", tls->version},
          {"cipher", tls->cipher},
          {"group", tls->group.empty() ? Json(nullptr) : Json(tls->group)},
          {"resumed", tls->resumed},
          {"server_name", tls->server_name}};
}

// What the visitor's own browser negotiated on the connection that asks.
Json visitor_json(const http::Request& request) {
  const ConnectionFacts& connection = *request.connection;
  const bool has_alpn = connection.tls && !connection.tls->alpn.empty();
  return {{"protocol", name_of(request.protocol)},
          {"alpn", has_alpn ? Json(connection.tls->alpn) : Json(nullptr)},
          {"tls", tls_json(connection.tls)},
          {"client", connection.client_address},
          {"connection", fmt::format("c{}", connection.id)},
          {"request", request.nth}};
}

// What Vite names by a hash of the content never changes (web/lab/vite.config.ts).
constexpr std::string_view assets_folder = "/assets/";

http::Response page_response(const http::Request& request, const site::File& file, const Lab& lab) {
  http::Response response = site::respond_to(request, file);
  const bool is_asset = file.name.starts_with(assets_folder);
  if (is_asset) response.headers.set("cache-control", "public, max-age=31536000, immutable");
  if (file.name == "/index.html") {
    response.headers.add("content-security-policy", console_policy(lab, request.authority));
    response.headers.add("referrer-policy", "no-referrer");
  }
  return response;
}

http::Response metrics_response(const Lab& lab) {
  // The exposition format's own type (Prometheus text format 0.0.4).
  http::Response response =
      http::text_response(200, "text/plain; version=0.0.4; charset=utf-8", lab.metrics_text());
  response.headers.add("cache-control", "no-store");
  return response;
}

// Browsers leave IPv6 addresses out of a content security policy (its grammar has none), so that
// the page at [::1] could not frame its lanes. localhost leads to the same machine.
std::optional<http::Response> redirect_to_a_name(const http::Request& request) {
  const auto asked = http::parse_authority(request.authority);
  if (!asked || !asked->is_ipv6()) return std::nullopt;
  const std::uint16_t port = asked->port.value_or(http::default_port(true));
  if (!http::are_same(*asked, {.host = "[::1]", .port = port}, port)) return std::nullopt;
  http::Response response =
      http::text_response(307, "text/plain; charset=utf-8", "The console is at localhost.\n");
  response.headers.add("location", fmt::format("https://localhost:{}{}", port, request.target));
  response.headers.add("cache-control", "no-store");
  return response;
}

Json lanes_json(const std::vector<Lane>& lanes, std::string_view host) {
  Json all = Json::array();
  for (const Lane& lane : lanes) all.push_back(lane_json(lane, host));
  return all;
}

}  // namespace

Console::Console(std::shared_ptr<const site::Files> files, const std::vector<Lane>& lanes, Lab& lab)
    : files_(std::move(files)),
      lanes_(lanes),
      lab_(lab),
      lines_api_(lab.lines, lab.names),
      runs_api_(lab) {}

http::Response Console::answer_to(const http::Request& request) const {
  if (request.method == "OPTIONS") return options_response(allowed_methods);
  if (request.method != "GET" && request.method != "HEAD") {
    return method_problem(request.method, allowed_methods);
  }
  const std::string_view path = request.path();
  if (path == "/api/lanes") {
    return json_response(200, lanes_json(lanes_, host_in(request.authority)));
  }
  if (path == "/api/visitor") return json_response(200, visitor_json(request));
  if (path == "/metrics") return metrics_response(lab_);
  if (path == http::health_path) return http::health_response(draining_);
  if (path == "/") {
    if (auto redirect = redirect_to_a_name(request)) return std::move(*redirect);
  }
  if (const site::File* file = files_->find(path == "/" ? "/index.html" : path)) {
    return page_response(request, *file, lab_);
  }
  return problem(404, fmt::format("The console has nothing at {}.", path));
}

void Console::show(const std::vector<Lane>& lanes) {
  lanes_ = lanes;
}

void Console::begin_drain() {
  draining_ = true;
  lab_.feed.end();
}

void Console::answer(const http::Request& request, http::Responder& responder) {
  if (lines_api_.answer(request, responder) || runs_api_.answer(request, responder)) return;
  responder.respond(answer_to(request));
}

}  // namespace muxlab::server::lab::api
