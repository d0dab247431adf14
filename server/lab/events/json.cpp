#include "server/lab/events/json.h"

#include <fmt/format.h>

#include <optional>

#include "common/trace/export.h"
#include "common/trace/json.h"
#include "common/trace/records.h"

namespace muxlab::server::lab::events {
namespace {

using trace::Json;
using trace::ms_json;
using trace::text_or_null;

Json run_json(std::string_view run) {
  return run.empty() ? Json(nullptr) : Json(run);
}

// What every event of a connection begins with.
Json about(const Place& place) {
  return {{"connection", trace::connection_name(place.connection)}, {"run", run_json(place.run)}};
}

// Run ids are the server's own and need no escaping.
std::string run_member(std::string_view run) {
  return run.empty() ? "\"run\":null" : fmt::format("\"run\":\"{}\"", run);
}

Json handshake_json(const std::optional<TlsFacts>& tls) {
  if (!tls) return nullptr;
  return {{"version", tls->version},
          {"cipher", tls->cipher},
          {"group", text_or_null(tls->group)},
          {"alpn", text_or_null(tls->alpn)},
          {"resumed", tls->resumed}};
}

}  // namespace

// A frame is JSON already: what only the feed knows is put in front of it.
std::string frame_event(const Place& place, std::size_t index) {
  const trace::Frame& frame = place.connection.frames[index];
  const std::string json = trace::frame_json(place.connection, frame, place.start);
  return fmt::format("{{{},\"index\":{},{}", run_member(place.run), index,
                     std::string_view{json}.substr(1));
}

std::string landed_event(const Place& place, std::size_t index) {
  const auto& landed = place.connection.frames[index].landed;
  const std::string at =
      landed ? fmt::format("{}", trace::rounded_ms(*landed - place.start)) : "null";
  return fmt::format("{{\"connection\":\"{}\",{},\"index\":{},\"landed\":{}}}",
                     trace::connection_name(place.connection), run_member(place.run), index, at);
}

std::string exchange_event(const Place& place, std::size_t index) {
  const trace::Exchange& exchange = place.connection.exchanges[index];
  Json json = about(place);
  json["stream"] = exchange.stream;
  json["nth"] = exchange.nth;
  json["method"] = exchange.method;
  json["path"] = exchange.path;
  json["status"] = exchange.status == 0 ? Json(nullptr) : Json(exchange.status);
  json["priority"] = text_or_null(exchange.priority);
  json["pushed"] = exchange.pushed;
  json["error"] = exchange.error ? Json(trace::error_name(*exchange.error)) : Json(nullptr);
  json["sent"] = ms_json(exchange.sent, place.start);
  json["received"] = ms_json(exchange.received, place.start);
  json["first_byte_written"] = ms_json(exchange.first_byte_written, place.start);
  json["first_byte_landed"] = ms_json(exchange.first_byte_landed, place.start);
  json["last_byte_written"] = ms_json(exchange.last_byte_written, place.start);
  json["last_byte_landed"] = ms_json(exchange.last_byte_landed, place.start);
  json["complete"] = exchange.complete;
  json["bytes"] = {{"request_headers_plain", exchange.request_headers_plain},
                   {"request_headers", exchange.request_headers},
                   {"response_headers_plain", exchange.response_headers_plain},
                   {"response_headers", exchange.response_headers},
                   {"request_body", exchange.request_body},
                   {"body", exchange.body}};
  return trace::dumped(json);
}

std::string segment_event(const Place& place, std::size_t index) {
  Json json =
      trace::segment_record(place.connection, place.connection.segments[index], place.start);
  json["run"] = run_json(place.run);
  return trace::dumped(json);
}

std::string connection_event(const Place& place, tap::News::What what) {
  const trace::ConnectionTrace& connection = place.connection;
  Json json = about(place);
  json["lane"] = connection.lane;
  if (what == tap::News::What::opened) {
    json["what"] = "opened";
    json["at"] = ms_json(connection.opened, place.start);
    json["client"] = connection.facts.client_address;
    json["on_a_line"] = connection.on_a_line;
  } else if (what == tap::News::What::secured) {
    json["what"] = "secured";
    json["at"] = ms_json(connection.secured, place.start);
    json["ready"] = ms_json(connection.ready, place.start);
    json["tls"] = handshake_json(connection.facts.tls);
  } else if (what == tap::News::What::closed) {
    json["what"] = "closed";
    json["at"] = ms_json(connection.closed, place.start);
    json["closed_by"] = connection.closed_by ? Json(name_of(*connection.closed_by)) : Json(nullptr);
    json["why"] = text_or_null(connection.closed_why);
  } else {
    json["what"] = "gave_up";
    json["at"] = nullptr;
    json["why"] = text_or_null(connection.trouble);
  }
  return trace::dumped(json);
}

std::string run_event(const recording::RunRecord& run, bool dropped) {
  return trace::dumped({{"id", run.facts.id},
                        {"state", dropped ? "dropped" : name_of(run.state)},
                        {"page", run.wish.page},
                        {"lane", run.wish.lane},
                        {"warm_up", run.wish.warm_up},
                        {"load_ms", ms_json(run.facts.load)}});
}

std::string lost_event(std::uint64_t events) {
  return fmt::format("{{\"events\":{}}}", events);
}

}  // namespace muxlab::server::lab::events
