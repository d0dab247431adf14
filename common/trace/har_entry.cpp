#include "common/trace/har_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/trace/export.h"
#include "common/trace/har_cookies.h"
#include "common/trace/urgency.h"

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
      return "HTTP/2.0";  // as Chrome writes it: DevTools knows it by that
  }
  return "unknown";
}

// --- the content

bool is_textual(std::string_view type) {
  if (type.starts_with("text/")) return true;
  for (const std::string_view kind : {"json", "javascript", "xml", "form-urlencoded"}) {
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

// Text of a size to be put into a file; none: it is none, it is long, or it was not kept whole.
std::optional<std::string> text_of(std::string_view type, std::uint64_t bytes,
                                   const Messages& messages, const Exchange& exchange,
                                   Direction direction) {
  if (!is_textual(type) || bytes > most_text_bytes) return std::nullopt;
  std::optional<std::string> text = messages.content_of(exchange, direction);
  if (text && !is_utf8(*text)) text.reset();
  return text;
}

bool is_coded(std::string_view coding) {
  return !coding.empty() && coding != "identity";
}

Json content_of(const Exchange& exchange, const HeaderBlock* response, const Messages& messages) {
  const std::string_view type = value_of(response, "content-type");
  const std::string_view coding = value_of(response, "content-encoding");
  Json content = {{"size", exchange.body}, {"mimeType", type.empty() ? "x-unknown" : type}};
  if (is_coded(coding)) {
    content["comment"] =
        fmt::format("size as coded by {}; how long it was before is not known", coding);
  } else if (const auto text = text_of(type, exchange.body, messages, exchange, Direction::down)) {
    content["text"] = *text;
  }
  return content;
}

Json post_data(const Exchange& exchange, const HeaderBlock* request, const Messages& messages) {
  const std::string_view type = value_of(request, "content-type");
  Json data = {{"mimeType", type.empty() ? "x-unknown" : type}};
  const auto text = text_of(type, exchange.request_body, messages, exchange, Direction::up);
  if (text && !is_coded(value_of(request, "content-encoding"))) {
    data["text"] = *text;
  } else {
    data["comment"] = fmt::format("{} bytes that are not shown here", exchange.request_body);
  }
  return data;
}

// --- what browsers and WebPageTest add

// As Chrome's requests have it, which send u=0 for VeryHigh and u=4 for VeryLow.
std::string_view priority_name(int urgency) {
  constexpr std::array<std::string_view, 5> names{"VeryHigh", "High", "Medium", "Low", "VeryLow"};
  return names[static_cast<std::size_t>(std::clamp(urgency, 0, 4))];
}

struct Kind {
  std::string_view part;
  std::string_view resource;
};

// What a page wanted it for (Fetch Metadata), as DevTools names that.
constexpr std::array<Kind, 14> destinations{{{"document", "document"},
                                             {"iframe", "document"},
                                             {"style", "stylesheet"},
                                             {"script", "script"},
                                             {"worker", "script"},
                                             {"serviceworker", "script"},
                                             {"sharedworker", "script"},
                                             {"image", "image"},
                                             {"font", "font"},
                                             {"audio", "media"},
                                             {"video", "media"},
                                             {"track", "texttrack"},
                                             {"manifest", "manifest"},
                                             {"empty", "fetch"}}};
// And where a client does not say that: what it got.
constexpr std::array<Kind, 7> types{{{"html", "document"},
                                     {"css", "stylesheet"},
                                     {"javascript", "script"},
                                     {"image/", "image"},
                                     {"font", "font"},
                                     {"audio/", "media"},
                                     {"video/", "media"}}};

std::string_view resource_type(const Heads& heads) {
  const std::string_view destination = value_of(heads.request, "sec-fetch-dest");
  for (const Kind& kind : destinations) {
    if (destination == kind.part) return kind.resource;
  }
  const std::string_view type = value_of(heads.response, "content-type");
  for (const Kind& kind : types) {
    if (type.find(kind.part) != std::string_view::npos) return kind.resource;
  }
  return "other";
}

// Which page asked for it. Whether by its markup or by a script nothing on the wire tells.
Json initiator(const HeaderBlock* request) {
  Json initiator = {{"type", "other"}};
  const std::string_view referer = value_of(request, "referer");
  if (!referer.empty()) initiator["url"] = referer;
  return initiator;
}

// Absolute times, by the names of WebPageTest.
void add_absolute_times(Json& entry, const RunTrace& trace, RunExchange which) {
  const ConnectionTrace& connection = *trace.connections[which.connection];
  const Exchange& exchange = trace.at(which);
  const auto add = [&](const char* name, std::optional<Instant> at) {
    if (at) entry[name] = epoch_ms(trace.run, *at);
  };
  if (is_first_of_new_connection(trace, which)) {
    const std::optional<Instant> established = connection.established();
    const std::optional<Instant> ready = connection.ready ? connection.ready : established;
    if (ready) add("_connectTimeMs", connection.opened);
    if (connection.ready) add("_sslStartTimeMs", established);
    add("_connectEndTimeMs", ready);
  }
  add("_firstDataTimeMs", exchange.first_byte_landed);
  add("_lastDataTimeMs", exchange.last_byte_landed);
}

Json chunks_of(const Run& run, const Messages& messages, const Exchange& exchange) {
  Json chunks = Json::array();
  for (const Messages::Chunk& chunk : messages.chunks_of(exchange)) {
    chunks.push_back({{"ts", epoch_ms(run, chunk.landed)}, {"bytes", chunk.bytes}});
  }
  return chunks;
}

Json request_of(const ConnectionTrace& connection, const Exchange& exchange, const Heads& heads,
                const Messages& messages) {
  Json request = {{"method", exchange.method},
                  {"url", url_of(connection, exchange, heads.request)},
                  {"httpVersion", version_of(connection)},
                  {"cookies", cookies_of_request(heads.request)},
                  {"headers", headers_of(heads.request)},
                  {"queryString", query_of(exchange.path)},
                  {"headersSize", exchange.request_headers},
                  {"bodySize", exchange.request_body}};
  if (exchange.request_body > 0) request["postData"] = post_data(exchange, heads.request, messages);
  return request;
}

Json response_of(const Run& run, const ConnectionTrace& connection, const Exchange& exchange,
                 const Heads& heads, const Messages& messages) {
  const auto received = wall_clock(run, exchange.first_byte_landed.value_or(run.start));
  return {{"status", exchange.status},
          {"statusText", reason_in(heads.response)},
          {"httpVersion", version_of(connection)},
          {"cookies", cookies_of_response(heads.response, received)},
          {"headers", headers_of(heads.response)},
          {"content", content_of(exchange, heads.response, messages)},
          {"redirectURL", value_of(heads.response, "location")},
          {"headersSize", exchange.response_headers},
          {"bodySize", exchange.body},
          {"_transferSize", exchange.response_headers + exchange.body}};
}

}  // namespace

Json har_entry(const RunTrace& trace, RunExchange which, const Messages& messages,
               const HarTimings& timings, std::uint16_t client_port) {
  const ConnectionTrace& connection = *trace.connections[which.connection];
  const Exchange& exchange = trace.at(which);
  const Heads heads = messages.heads_of(exchange);
  Json entry = {{"pageref", har_page},
                {"startedDateTime", utc_text(wall_clock(trace.run, timings.from))},
                {"time", timings.total_ms},
                {"request", request_of(connection, exchange, heads, messages)},
                {"response", response_of(trace.run, connection, exchange, heads, messages)},
                {"cache", Json::object()},
                {"timings", timings.parts},
                {"connection", std::to_string(client_port)},
                {"_connectionId", connection_name(connection)},
                {"_resourceType", resource_type(heads)},
                {"_initiator", initiator(heads.request)},
                {"_stream", exchange.stream},
                {"_chunks", chunks_of(trace.run, messages, exchange)}};
  if (!connection.facts.local_address.empty()) {
    entry["serverIPAddress"] = connection.facts.local_address;
  }
  if (connection.protocol == Protocol::http2) entry["_http2_stream_id"] = exchange.stream;
  add_absolute_times(entry, trace, which);
  if (exchange.pushed) entry["_pushed"] = true;
  if (!exchange.priority.empty()) {
    entry["_priority"] = priority_name(urgency_of(exchange.priority));
    entry["_priorityField"] = exchange.priority;
  }
  if (exchange.error) entry["_error"] = error_name(*exchange.error);
  return entry;
}

}  // namespace muxlab::trace
