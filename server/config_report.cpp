#include "server/config_report.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <vector>

#include "common/http/byte_ranges.h"
#include "common/http/pace.h"
#include "common/http1/limits.h"
#include "common/http2/allowance.h"
#include "common/link/direct_link.h"
#include "common/net/proxy_header.h"
#include "common/tls/ticket_keys.h"
#include "server/arrival.h"
#include "server/configuration/values.h"
#include "server/logs/refusal_log.h"
#include "server/served_connection.h"
#include "server/site/upload.h"
#include "server/worker.h"

namespace muxlab::server {
namespace {

using configuration::Change;
using configuration::Json;
using configuration::Key;
using configuration::Place;

// ---- the example ---------------------------------------------------------------------------

constexpr std::string_view example_opening =
    "// The configuration of muxlab: JSON with comments. Every key is optional, and stands here\n"
    "// with its default. `kill -HUP` makes the program read its file again; keys marked RESTART\n"
    "// need a new start.\n";

std::vector<std::string_view> steps_of(std::string_view pointer) {
  std::vector<std::string_view> steps;
  while (!pointer.empty()) {
    const auto end = pointer.find('/', 1);
    steps.push_back(pointer.substr(1, end == pointer.npos ? pointer.npos : end - 1));
    pointer = end == pointer.npos ? std::string_view{} : pointer.substr(end);
  }
  return steps;
}

// Objects opened and closed as the table goes from one key to the next.
class ExampleWriter {
 public:
  template <typename Section>
  void add(const Key<Section>& key, const Json& value) {
    auto groups = steps_of(key.pointer);
    const std::string_view name = groups.back();
    groups.pop_back();
    move_to(groups);
    next_member();
    line(fmt::format("// {}{}", key.reason, key.change == Change::by_restart ? ". RESTART" : ""));
    open_line(fmt::format("\"{}\": {}", name, value.dump()));
  }

  void add_list(std::string_view name, const std::vector<Json>& elements) {
    move_to({});
    next_member();
    line("// The lanes, in the order of their ports; adding or removing one needs a RESTART");
    open_line(fmt::format("\"{}\": [", name));
    for (std::size_t i = 0; i < elements.size(); ++i) {
      text_ += fmt::format("{}\n    {}", i == 0 ? "" : ",", elements[i].dump());
    }
    text_ += "\n  ]";
  }

  std::string finish() {
    move_to({});
    return fmt::format("{}{{{}\n}}\n", example_opening, text_);
  }

 private:
  void move_to(const std::vector<std::string_view>& groups) {
    std::size_t common = 0;
    while (common < groups.size() && common < open_.size() && groups[common] == open_[common]) {
      ++common;
    }
    while (open_.size() > common) {
      open_.pop_back();
      text_ += "\n" + indent() + "}";
      first_ = false;
    }
    while (open_.size() < groups.size()) {
      next_member();
      open_line(fmt::format("\"{}\": {{", groups[open_.size()]));
      open_.push_back(groups[open_.size()]);
      first_ = true;
    }
  }
  void next_member() {
    if (!first_) text_ += ",";
    first_ = false;
  }
  void line(const std::string& content) { open_line(content); }
  void open_line(const std::string& content) { text_ += "\n" + indent() + content; }
  std::string indent() const { return std::string(2 * (open_.size() + 1), ' '); }

  std::string text_;
  std::vector<std::string_view> open_;  // the objects around the place that is written
  bool first_ = true;                   // nothing stands in the innermost one yet
};

// What a lane says beyond the default, in the order of the table.
Json lane_value(configuration::LaneConfiguration lane) {
  configuration::LaneConfiguration usual;
  Json value = Json::object();
  for (const Key<configuration::LaneConfiguration>& key : configuration::lane_keys()) {
    const Json said = value_of(key.place(lane));
    const bool needed = key.pointer == "/name" || key.pointer == "/protocol";
    if (!needed && said == value_of(key.place(usual))) continue;
    value[std::string{key.pointer.substr(1)}] = said;
  }
  return value;
}

// ---- the schema ----------------------------------------------------------------------------

template <typename Section>
Json described_schema(const Key<Section>& key, Section& usual) {
  const Place place = key.place(usual);
  Json schema = schema_of(place, key.range);
  schema["description"] = key.reason;
  if (key.pointer != "/name" && key.pointer != "/protocol") schema["default"] = value_of(place);
  return schema;
}

Json closed_object() {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
}

Json lane_schema() {
  configuration::LaneConfiguration usual;
  Json schema = closed_object();
  schema["required"] = {"name", "protocol"};
  for (const Key<configuration::LaneConfiguration>& key : configuration::lane_keys()) {
    schema["properties"][std::string{key.pointer.substr(1)}] = described_schema(key, usual);
  }
  return schema;
}

// ---- the tables ----------------------------------------------------------------------------

std::string in_a_cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string_view name_of(Change change) {
  return change == Change::by_restart ? "restart" : "reload";
}

template <typename Section>
std::string table_of(std::span<const Key<Section>> keys) {
  Section usual;
  std::string table =
      "| key | what it may be | unit | default | changed by | meaning and reason |\n"
      "|---|---|---|---|---|---|\n";
  for (const Key<Section>& key : keys) {
    const Place place = key.place(usual);
    const std::string standard = configuration::is_needed(place)
                                     ? "none: needed"
                                     : fmt::format("`{}`", value_of(place).dump());
    fmt::format_to(std::back_inserter(table), "| `{}` | {} | {} | {} | {} | {} |\n", key.pointer,
                   in_a_cell(expectation(place, key.range)), key.range.unit, standard,
                   name_of(key.change), in_a_cell(std::string{key.reason}));
  }
  return table;
}

struct FixedLimit {
  std::string_view what;
  std::size_t value;
  std::string_view unit;
  std::string_view reason;
};

constexpr FixedLimit fixed_limits[] = {
    {"Request line, of HTTP/2 as HTTP/1.1 would write it", http::max_request_line_bytes, "bytes",
     "RFC 9112 section 3 asks for at least 8,000 (414)"},
    {"HTTP/1.1 head", http::max_head_bytes, "bytes",
     "Several times what a browser with many cookies sends (431)"},
    {"HTTP/1.1 fields", http::max_fields, "",
     "Browsers send 10 to 20; each costs an entry in a list (431)"},
    {"Field name", http::max_field_name_bytes, "bytes",
     "The longest registered name has 45 characters (431)"},
    {"Empty lines before a request", muxlab::http1::max_empty_lines, "",
     "Old clients send one behind a body (400)"},
    {"Chunk extensions of one message", muxlab::http1::max_chunk_extension_bytes, "bytes",
     "Nobody sends them; unbounded they are content that no limit counts (400)"},
    {"Output ahead of the socket", link::send_ahead_bytes, "bytes",
     "Worth a system call, and little for an important answer to wait behind"},
    {"Frames that wait for an HTTP/2 client that does not read", http2::queued_frames_limit, "",
     "Until then its input is taken; then it waits"},
    {"Content either way, least rate; 30 s behind it is too slow", http::least_bytes_per_second,
     "bytes/s",
     "Below it a client holds a connection rather than uses it (408, RST_STREAM CANCEL, GOAWAY "
     "ENHANCE_YOUR_CALM, a TCP reset)"},
    {"HTTP/2 allowance for frames that carry no message",
     static_cast<std::size_t>(muxlab::http2::most_allowance), "",
     "Each draws on it, work done fills it again (GOAWAY ENHANCE_YOUR_CALM); decisions/glitches.md "
     "has the table"},
    {"HTTP/2 allowance that a second brings",
     static_cast<std::size_t>(muxlab::http2::credit::second), "",
     "Keep-alive PINGs, and what a person clicks away"},
    {"Paths pushed on a connection", http2::pushed_limit, "",
     "More than any page's first view needs"},
    {"Ranges of one request", http::max_byte_ranges, "",
     "More are an attack or a mistake: the whole is sent (RFC 9110 section 14.2)"},
    {"Upload to the demo", site::max_upload_bytes, "bytes", "Counted, not kept (413)"},
    {"Lingering close, silence", static_cast<std::size_t>(linger_pause / 1s), "s",
     "For the client to read the last answer (RFC 9112 section 9.6)"},
    {"Lingering close, in all", static_cast<std::size_t>(longest_linger / 1s), "s",
     "A client that sends on is not listened to for ever; a simulated line's time does not count"},
    {"Lingering close, bytes dropped", http::most_unwanted_bytes, "bytes", "As above"},
    {"PROXY header", net::most_proxy_header_bytes, "bytes",
     "With what a balancer tells behind the addresses; nginx takes as much"},
    {"PROXY header, from the accept", static_cast<std::size_t>(proxy_header_timeout / 1s), "s",
     "The protocol asks for at least 3, in which TCP repeats a lost segment"},
    {"Refused connections told on standard error in 10 s", logs::refusals_a_period, "",
     "By each worker; of the rest how many they were"},
    {"Session-ticket keys of a file", tls::most_ticket_keys, "",
     "Each is compared with a ticket's name; muxlab tickets keeps 3"},
    {"Drain", static_cast<std::size_t>(drain_timeout / 1s), "s", "Work in flight beyond it is cut"},
    {"Lanes", configuration::max_lanes, "", "Bounds what is opened by one slip of the hand"},
};

}  // namespace

std::string configuration_example() {
  configuration::Configuration usual;
  ExampleWriter writer;
  for (const Key<configuration::Configuration>& key : configuration::configuration_keys()) {
    writer.add(key, value_of(key.place(usual)));
  }
  std::vector<Json> lanes;
  for (const configuration::LaneConfiguration& lane : usual.lanes)
    lanes.push_back(lane_value(lane));
  writer.add_list(configuration::lanes_pointer.substr(1), lanes);
  return writer.finish();
}

std::string configuration_schema() {
  configuration::Configuration usual;
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "muxlab's configuration"}};
  schema.update(closed_object());
  for (const Key<configuration::Configuration>& key : configuration::configuration_keys()) {
    Json* group = &schema;
    const auto steps = steps_of(key.pointer);
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
      Json& inner = (*group)["properties"][std::string{steps[i]}];
      if (inner.is_null()) inner = closed_object();
      group = &inner;
    }
    (*group)["properties"][std::string{steps.back()}] = described_schema(key, usual);
  }
  schema["properties"][std::string{configuration::lanes_pointer.substr(1)}] = {
      {"type", "array"}, {"maxItems", configuration::max_lanes}, {"items", lane_schema()}};
  return schema.dump(2) + "\n";
}

std::string configuration_tables() {
  std::string text = "### The file\n\n" + table_of(configuration::configuration_keys()) +
                     "\n### A lane, an element of `/lanes`\n\n" +
                     table_of(configuration::lane_keys()) +
                     "\n### Fixed limits\n\n| what | limit | reason |\n|---|---|---|\n";
  for (const FixedLimit& limit : fixed_limits) {
    fmt::format_to(std::back_inserter(text), "| {} | {}{}{} | {} |\n", limit.what, limit.value,
                   limit.unit.empty() ? "" : " ", limit.unit, limit.reason);
  }
  return text;
}

}  // namespace muxlab::server
