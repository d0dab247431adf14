#include "common/trace/records.h"

#include <algorithm>

#include "common/trace/export.h"

namespace muxlab::trace {
namespace {

Json both_ways(const std::uint64_t (&bytes)[2]) {
  return {{"down", bytes[static_cast<std::size_t>(Direction::down)]},
          {"up", bytes[static_cast<std::size_t>(Direction::up)]}};
}

// Those too that came before the trace's beginning, or that it had no room for.
std::uint32_t requests_on(const ConnectionTrace& connection) {
  std::uint32_t last = 0;
  for (const Exchange& exchange : connection.exchanges) last = std::max(last, exchange.nth);
  return last;
}

Json settings_record(const std::vector<Setting>& settings) {
  Json list = Json::array();
  for (const auto& [identifier, value] : settings) {
    list.push_back({{"name", setting_name(identifier)}, {"value", value}});
  }
  return list;
}

Json table_record(const DynamicTable& table) {
  Json fields = Json::array();
  for (const DynamicTable::Entry& entry : table.entries()) {
    fields.push_back({{"name", entry.name}, {"value", entry.value}});
  }
  return {{"limit", table.state().limit}, {"fields", std::move(fields)}};
}

// What a reader of its frames needs to know of those before.
Json beginning_record(const ConnectionTrace& connection, Instant start) {
  if (!connection.beginning) return nullptr;
  const Beginning& beginning = *connection.beginning;
  constexpr auto down = static_cast<std::size_t>(Direction::down);
  constexpr auto up = static_cast<std::size_t>(Direction::up);
  Json record = {{"at", ms_json(std::optional{beginning.at}, start)},
                 {"wire_bytes", both_ways(beginning.wire_bytes)},
                 {"plain_bytes", both_ways(beginning.plain_bytes)}};
  if (connection.protocol != Protocol::http2) return record;
  const FlowWindows& windows = beginning.windows;
  record["settings"] = {{"down", settings_record(beginning.settings[down])},
                        {"up", settings_record(beginning.settings[up])}};
  record["tables"] = {{"down", table_record(beginning.tables[down])},
                      {"up", table_record(beginning.tables[up])}};
  record["windows"] = {{"down", windows.connection(Direction::down)},
                       {"up", windows.connection(Direction::up)}};
  return record;
}

Json tls_record(const ConnectionTrace& connection) {
  if (!connection.facts.tls) return nullptr;
  const TlsFacts& tls = *connection.facts.tls;
  const std::string_view version = tls.version;
  return {{"version", version.starts_with("TLSv") ? version.substr(4) : version},
          {"cipher", tls.cipher},
          {"group", text_or_null(tls.group)},
          {"alpn", text_or_null(tls.alpn)},
          {"server_name", text_or_null(tls.server_name)},
          {"resumed", tls.resumed},
          {"handshake_bytes", {{"down", tls.handshake_down_bytes}, {"up", tls.handshake_up_bytes}}},
          {"bytes", connection.tls_bytes()}};
}

Json blocked_record(const std::vector<Blocked>& waits, std::size_t connection,
                    const ExchangeIds& ids, Instant start) {
  Json list = Json::array();
  for (const Blocked& wait : waits) {
    list.push_back({{"by", name_of(wait.by)},
                    {"exchange", wait.exchange ? ids.of({connection, *wait.exchange}) : nullptr},
                    {"from", ms_json(wait.from, start)},
                    {"to", ms_json(wait.to, start)}});
  }
  return list;
}

Json bytes_record(const Exchange& exchange) {
  return {{"request_headers_plain", exchange.request_headers_plain},
          {"request_headers", exchange.request_headers},
          {"response_headers_plain", exchange.response_headers_plain},
          {"response_headers", exchange.response_headers},
          {"request_body", exchange.request_body},
          {"body", exchange.body}};
}

}  // namespace

ExchangeIds::ExchangeIds(const std::vector<RunExchange>& exchanges) {
  for (const RunExchange& which : exchanges) {
    ids_.emplace(std::pair{which.connection, which.exchange}, ids_.size() + 1);
  }
}

Json ExchangeIds::of(RunExchange which) const {
  const auto id = ids_.find({which.connection, which.exchange});
  return id == ids_.end() ? Json(nullptr) : Json(id->second);
}

Json run_record(const RunTrace& trace) {
  const Run& run = trace.run;
  // What is no JSON is null.
  Json line = Json::parse(run.line_json, nullptr, false);
  if (line.is_discarded()) line = nullptr;
  return {{"id", run.id},
          {"page", run.page},
          {"way", run.way},
          {"lane", run.lane},
          {"line", std::move(line)},
          {"warm", run.warm},
          {"started", utc_text(run.started)},
          {"ended", ms_json(run.ended, run.start)},
          {"load_ms", ms_json(run.load ? run.load : load_of(trace))},
          {"lateness_ms", {{"p50", ms_json(run.lateness_p50)}, {"p99", ms_json(run.lateness_p99)}}},
          {"valid", run.valid()},
          {"invalid_because", run.invalid_because},
          {"dropped", run.dropped}};
}

Json connection_record(const ConnectionTrace& connection, Instant start) {
  const auto closed_by = connection.closed_by;
  return {{"id", connection_name(connection)},
          {"protocol", connection.protocol ? Json(name_of(*connection.protocol)) : Json(nullptr)},
          {"lane", connection.lane},
          {"client_address", connection.facts.client_address},
          {"client_port", connection.facts.client_port},
          {"server_address", text_or_null(connection.facts.local_address)},
          {"port", connection.facts.local_port},
          {"tls", tls_record(connection)},
          {"opened", ms_json(connection.opened, start)},
          {"established", ms_json(connection.established(), start)},
          {"ready", ms_json(connection.ready, start)},
          {"secured", ms_json(connection.secured, start)},
          {"closed", ms_json(connection.closed, start)},
          {"closed_by", closed_by ? Json(name_of(*closed_by)) : Json(nullptr)},
          {"closed_why", text_or_null(connection.closed_why)},
          {"requests", requests_on(connection)},
          {"on_a_line", connection.on_a_line},
          {"wire_bytes", both_ways(connection.wire_bytes)},
          {"plain_bytes", both_ways(connection.plain_bytes)},
          {"dropped", connection.dropped},
          {"trouble", text_or_null(connection.trouble)},
          {"beginning", beginning_record(connection, start)}};
}

Json exchange_record(const RunTrace& trace, RunExchange which, const ExchangeIds& ids,
                     const ClientReport* report, const std::vector<Blocked>& blocked) {
  const Exchange& exchange = trace.at(which);
  const Instant start = trace.run.start;
  const Json queued = report == nullptr ? Json(nullptr) : ms_json(report->queued, start);
  return {{"id", ids.of(which)},
          {"connection", connection_name(*trace.connections[which.connection])},
          {"stream", exchange.stream},
          {"nth", exchange.nth},
          {"method", exchange.method},
          {"path", exchange.path},
          {"status", exchange.status == 0 ? Json(nullptr) : Json(exchange.status)},
          {"priority", text_or_null(exchange.priority)},
          {"pushed", exchange.pushed},
          {"error", exchange.error ? Json(error_name(*exchange.error)) : Json(nullptr)},
          {"complete", exchange.complete},
          {"discovered", report == nullptr ? Json(nullptr) : ms_json(report->discovered, start)},
          {"queued", queued},
          {"sent", ms_json(exchange.sent, start)},
          {"received", ms_json(exchange.received, start)},
          {"first_byte_written", ms_json(exchange.first_byte_written, start)},
          {"first_byte_landed", ms_json(exchange.first_byte_landed, start)},
          {"last_byte_written", ms_json(exchange.last_byte_written, start)},
          {"last_byte_landed", ms_json(exchange.last_byte_landed, start)},
          {"blocked", blocked_record(blocked, which.connection, ids, start)},
          {"bytes", bytes_record(exchange)}};
}

Json segment_record(const ConnectionTrace& connection, const Segment& segment, Instant start) {
  const bool met_its_fate = segment.fate != Segment::Fate::under_way;
  return {{"connection", connection_name(connection)},
          {"direction", name_of(segment.direction)},
          {"offset", segment.offset},
          {"length", segment.length},
          {"sent", ms_json(segment.sent, start)},
          {"fate", name_of(segment.fate)},
          {"at", met_its_fate ? ms_json(segment.at, start) : Json(nullptr)},
          {"retransmission", segment.retransmission}};
}

Json congestion_record(const ConnectionTrace& connection, const CongestionState& state,
                       Instant start) {
  return {{"connection", connection_name(connection)},
          {"direction", name_of(state.direction)},
          {"at", ms_json(state.at, start)},
          {"window_packets", state.window_packets},
          {"threshold_packets", state.threshold_packets},
          {"in_flight_packets", state.in_flight_packets}};
}

Json time_record(const RunTrace& trace, RunWaits& waits) {
  const std::optional<TimeParts> parts = where_the_time_went(trace, waits);
  if (!parts) return nullptr;
  return {{"waiting_for_connection", rounded_ms(parts->waiting_for_connection)},
          {"handshakes", rounded_ms(parts->handshakes)},
          {"client", rounded_ms(parts->client)},
          {"request", rounded_ms(parts->request)},
          {"queueing", rounded_ms(parts->queueing)},
          {"server", rounded_ms(parts->server)},
          {"download", rounded_ms(parts->download)},
          {"stalled_by_loss", rounded_ms(parts->stalled_by_loss)}};
}

Json cost_record(const RunTrace& trace) {
  const Cost cost = cost_of(trace);
  return {{"connections", cost.connections}, {"handshakes", cost.handshakes},
          {"tls_bytes", cost.tls_bytes},     {"header_bytes", cost.header_bytes},
          {"body_bytes", cost.body_bytes},   {"retransmitted_bytes", cost.retransmitted_bytes}};
}

}  // namespace muxlab::trace
