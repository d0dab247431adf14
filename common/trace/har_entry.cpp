#include "common/trace/har_entry.h"

#include <fmt/format.h>

#include <cmath>

#include "common/trace/export.h"

namespace muxlab::trace {
namespace {

// --- the heads

Json headers_of(const HeaderBlock* block) {
  Json headers = Json::array();
  if (block == nullptr) return headers;
  for (const FieldLine& field : block->fields) {
    if (field.name.starts_with(':')) continue;
    headers.push_back({{"name", field.name}, {"value", field.value}});
  }
  return headers;
}

// What stands between two bytes of the start line: its last word or words.
std::string reason_in(const HeaderBlock* response) {
  constexpr std::size_t before_reason = 13;  // "HTTP/1.1 200 "
  if (response == nullptr || response->start_line.size() <= before_reason) return "";
  return response->start_line.substr(before_reason);
}

std::string url_of(const ConnectionTrace& connection, const Exchange& exchange,
                   const HeaderBlock* request) {
  std::string authority{value_of(request, ":authority")};
  if (authority.empty()) authority = value_of(request, "host");
  if (authority.empty()) authority = fmt::format("localhost:{}", connection.facts.local_port);
  const std::string_view scheme = connection.facts.tls ? "https" : "http";
  return fmt::format("{}://{}{}", scheme, authority, exchange.path);
}

Json query_of(std::string_view path) {
  Json list = Json::array();
  const std::size_t mark = path.find('?');
  std::string_view left = mark == std::string_view::npos ? "" : path.substr(mark + 1);
  while (!left.empty()) {
    const std::string_view pair = left.substr(0, left.find('&'));
    left.remove_prefix(std::min(left.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    list.push_back({{"name", pair.substr(0, equals)}, {"value", value}});
  }
  return list;
}

std::string_view version_of(const ConnectionTrace& connection) {
  if (!connection.protocol) return "unknown";
  switch (*connection.protocol) {
    case Protocol::http10:
      return "HTTP/1.0";
    case Protocol::http11:
      return "HTTP/1.1";
    case Protocol::http2:
      return "HTTP/2";
  }
  return "unknown";
}

// --- the content

bool is_textual(std::string_view type) {
  if (type.starts_with("text/")) return true;
  for (const std::string_view kind : {"json", "javascript", "xml"}) {
    if (type.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(Json(text).dump());
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

Json content_of(const Exchange& exchange, const HeaderBlock* response, const Messages& messages) {
  const std::string_view type = value_of(response, "content-type");
  const std::string_view coding = value_of(response, "content-encoding");
  Json content = {{"size", exchange.body}, {"mimeType", type.empty() ? "x-unknown" : type}};
  if (!coding.empty() && coding != "identity") {
    content["comment"] =
        fmt::format("size as coded by {}; how long it was before is not known", coding);
    return content;
  }
  if (!is_textual(type) || exchange.body > most_text_bytes) return content;
  const std::optional<std::string> text = messages.content_of(exchange);
  if (text && is_utf8(*text)) content["text"] = *text;
  return content;
}

// --- the times

// Goes from instant to instant and says how long each step took, in whole microseconds, so that the
// steps add up to the whole as written.
class Steps {
 public:
  explicit Steps(Instant from) : at_(from) {}
  // An instant that is not known or was before takes no time.
  double to(std::optional<Instant> next) {
    if (!next || *next <= at_) return 0;
    const std::int64_t took = std::llround(static_cast<double>((*next - at_).count()) / 1e3);
    at_ = *next;
    total_ += took;
    return static_cast<double>(took) / 1e3;
  }
  double total_ms() const { return static_cast<double>(total_) / 1e3; }

 private:
  Instant at_;
  std::int64_t total_ = 0;
};

struct Timings {
  Instant from;
  double total_ms;
  Json parts;
};

constexpr double does_not_apply = -1;

// The client knows a pushed one from its promise on.
Timings pushed_timings(const Exchange& exchange, Instant start) {
  const Instant from = exchange.received.value_or(exchange.sent.value_or(start));
  Steps steps{from};
  const double wait = steps.to(exchange.first_byte_landed);
  const double receive = steps.to(exchange.last_byte_landed);
  return {from,
          steps.total_ms(),
          {{"blocked", does_not_apply},
           {"dns", does_not_apply},
           {"connect", does_not_apply},
           {"ssl", does_not_apply},
           {"send", 0.0},
           {"wait", wait},
           {"receive", receive}}};
}

Timings timings_of(const ConnectionTrace& connection, const Exchange& exchange, Instant start,
                   const ClientReport* report) {
  if (exchange.pushed) return pushed_timings(exchange, start);
  const Instant sent = exchange.sent.value_or(start);
  const bool opens = exchange.nth == 1 && connection.opened < sent;
  const Instant begins = opens ? connection.opened : sent;
  const Instant from = report == nullptr ? begins : std::min(report->discovered, begins);
  Steps steps{from};
  double blocked = steps.to(begins);
  const double connect = opens ? steps.to(std::min(connection.ready.value_or(sent), sent)) : 0;
  blocked += steps.to(sent);
  const double send = steps.to(exchange.received);
  const double wait = steps.to(exchange.first_byte_landed);
  const double receive = steps.to(exchange.last_byte_landed);
  const bool blocked_is_known = report != nullptr || blocked > 0;
  return {from,
          steps.total_ms(),
          {{"blocked", blocked_is_known ? blocked : does_not_apply},
           {"dns", does_not_apply},
           {"connect", opens ? connect : does_not_apply},
           {"ssl", does_not_apply},
           {"send", send},
           {"wait", wait},
           {"receive", receive}}};
}

}  // namespace

Json har_entry(const RunTrace& trace, RunExchange which, const Messages& messages,
               const ClientReport* report) {
  const ConnectionTrace& connection = *trace.connections[which.connection];
  const Exchange& exchange = trace.at(which);
  const Heads heads = messages.heads_of(exchange);
  const Timings timings = timings_of(connection, exchange, trace.run.start, report);
  const auto wall_clock =
      trace.run.started + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                              timings.from - trace.run.start);
  Json entry = {{"pageref", har_page},
                {"startedDateTime", utc_text(wall_clock)},
                {"time", timings.total_ms},
                {"request",
                 {{"method", exchange.method},
                  {"url", url_of(connection, exchange, heads.request)},
                  {"httpVersion", version_of(connection)},
                  {"cookies", Json::array()},
                  {"headers", headers_of(heads.request)},
                  {"queryString", query_of(exchange.path)},
                  {"headersSize", exchange.request_headers},
                  {"bodySize", exchange.request_body}}},
                {"response",
                 {{"status", exchange.status},
                  {"statusText", reason_in(heads.response)},
                  {"httpVersion", version_of(connection)},
                  {"cookies", Json::array()},
                  {"headers", headers_of(heads.response)},
                  {"content", content_of(exchange, heads.response, messages)},
                  {"redirectURL", value_of(heads.response, "location")},
                  {"headersSize", exchange.response_headers},
                  {"bodySize", exchange.body}}},
                {"cache", Json::object()},
                {"timings", timings.parts},
                {"connection", connection_name(connection)},
                {"_stream", exchange.stream}};
  if (exchange.pushed) entry["_pushed"] = true;
  if (!exchange.priority.empty()) entry["_priorityField"] = exchange.priority;
  if (exchange.error) entry["_error"] = error_name(*exchange.error);
  return entry;
}

}  // namespace muxlab::trace
