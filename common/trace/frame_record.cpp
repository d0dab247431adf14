#include "common/trace/frame_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/trace/export.h"

namespace muxlab::trace {
namespace {

Json field_record(const FieldLine& field) {
  return {{"name", field.name},
          {"value", field.value},
          {"representation", name_of(field.representation)},
          {"huffman_name", field.huffman_name},
          {"huffman_value", field.huffman_value},
          {"index", field.index == 0 ? Json(nullptr) : Json(field.index)},
          {"encoded", field.encoded_bytes},
          {"plain", field.plain_bytes()}};
}

void add_block(Json& detail, const HeaderBlock& block) {
  if (!block.start_line.empty()) detail["start_line"] = block.start_line;
  detail["fields"] = Json::array();
  for (const FieldLine& field : block.fields) detail["fields"].push_back(field_record(field));
  detail["encoded"] = block.encoded_bytes;
  if (!block.table) return;
  detail["size_updates"] = block.size_updates;
  detail["table"] = {{"entries", block.table->entries},
                     {"bytes", block.table->bytes},
                     {"limit", block.table->limit},
                     {"added", block.table->added},
                     {"evicted", block.table->evicted}};
}

Json dependency_record(const HeadersDetail::Dependency& dependency) {
  return {{"stream", dependency.stream},
          {"exclusive", dependency.exclusive},
          {"weight", dependency.weight}};
}

// What each type has beyond its frame header.
struct DetailRecord {
  const Frame& frame;

  Json operator()(std::monostate) const {
    if (frame.type == FrameType::unknown) return {{"code", frame.code}};
    return Json::object();
  }
  Json operator()(const DataDetail& data) const {
    return {{"content", frame.length - data.padding}, {"padding", data.padding}};
  }
  Json operator()(const HeadersDetail& headers) const {
    Json detail = Json::object();
    if (headers.block) add_block(detail, *headers.block);
    if (headers.padding != 0) detail["padding"] = headers.padding;
    if (headers.dependency) detail["dependency"] = dependency_record(*headers.dependency);
    if (headers.promised_stream != 0) detail["promised_stream"] = headers.promised_stream;
    return detail;
  }
  Json operator()(const PriorityDetail& priority) const {
    return {{"dependency", dependency_record(priority.dependency)}};
  }
  Json operator()(const ErrorDetail& error) const {
    Json detail = {{"error", error_name(error.code)}, {"code", error.code}};
    if (frame.type != FrameType::goaway) return detail;
    detail["last_stream"] = error.last_stream;
    detail["debug"] = error.debug;
    return detail;
  }
  Json operator()(const SettingsDetail& settings) const {
    Json list = Json::array();
    for (const auto& [identifier, value] : settings.settings) {
      list.push_back({{"name", setting_name(identifier)}, {"value", value}});
    }
    return {{"settings", std::move(list)}};
  }
  Json operator()(const PingDetail& ping) const {
    return {{"opaque", fmt::format("{:02x}", fmt::join(ping.opaque, ""))}};
  }
  Json operator()(const WindowUpdateDetail& update) const {
    return {{"increment", update.increment}};
  }
  Json operator()(const PriorityUpdateDetail& update) const {
    return {{"stream", update.stream}, {"priority", update.value}};
  }
  Json operator()(const AltsvcDetail& altsvc) const {
    return {{"origin", altsvc.origin}, {"value", altsvc.value}};
  }
  Json operator()(const OriginDetail& origin) const { return {{"origins", origin.origins}}; }
  Json operator()(const BodyDetail& body) const {
    Json detail = {{"content", body.content_bytes}, {"last", body.last}};
    if (body.trailers) add_block(detail, *body.trailers);
    return detail;
  }
};

Json window_state(const WindowState& state) {
  return {{"connection", state.connection},
          {"stream", state.stream ? Json(*state.stream) : Json(nullptr)}};
}

}  // namespace

Json frame_record(const ConnectionTrace& connection, const Frame& frame, Instant start) {
  return {{"connection", connection_name(connection)},
          {"direction", name_of(frame.direction)},
          {"type", name_of(frame.type)},
          {"flags", flag_names(frame)},
          {"stream", frame.stream},
          {"length", frame.length},
          {"written", ms_json(frame.written, start)},
          {"landed", ms_json(frame.landed, start)},
          {"wire_end", frame.wire_end},
          {"detail", std::visit(DetailRecord{frame}, frame.detail)}};
}

Json windows_record(const WindowView& view) {
  return {{"server", window_state(view.server)},
          {"client", view.client ? window_state(*view.client) : Json(nullptr)}};
}

std::string frame_json(const ConnectionTrace& connection, const Frame& frame, Instant start) {
  return dumped(frame_record(connection, frame, start));
}

std::string connection_name(const ConnectionTrace& connection) {
  return "c" + std::to_string(connection.facts.id);
}

}  // namespace muxlab::trace
