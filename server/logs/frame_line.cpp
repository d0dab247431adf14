#include "server/logs/frame_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <string_view>
#include <variant>

#include "common/trace/export.h"
#include "common/trace/json.h"

namespace muxlab::server::logs {
namespace {

using trace::Frame;
using trace::FrameType;

// Those of the pages, as near as 256 colours come that can be read on light and on dark.
constexpr std::string_view http1_colour = "\x1b[38;5;130m";
constexpr std::string_view http2_colour = "\x1b[38;5;32m";
constexpr std::string_view error_colour = "\x1b[38;5;160m";
constexpr std::string_view no_colour = "\x1b[0m";

std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (shown.size() >= most_detail_bytes) return shown + "...";
    if (c >= 0x20 && c < 0x7f) {
      shown += c;
    } else {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return shown;
}

std::string_view field(const trace::HeaderBlock& block, std::string_view name) {
  for (const trace::FieldLine& each : block.fields) {
    if (each.name == name) return each.value;
  }
  return {};
}

std::string block_text(const trace::HeaderBlock& block) {
  if (!block.start_line.empty()) return block.start_line;
  const std::string_view status = field(block, ":status");
  if (!status.empty()) return std::string{status};
  const std::string_view method = field(block, ":method");
  if (!method.empty()) return fmt::format("{} {}", method, field(block, ":path"));
  return fmt::format("{} fields", block.fields.size());
}

// What matters of a frame beyond what each has.
struct Detail {
  const Frame& frame;

  std::string operator()(std::monostate) const {
    return frame.type == FrameType::unknown ? fmt::format("type 0x{:x}", frame.code) : "";
  }
  std::string operator()(const trace::DataDetail& data) const {
    return data.padding == 0 ? "" : fmt::format("{} of padding", data.padding);
  }
  std::string operator()(const trace::HeadersDetail& headers) const {
    const std::string block = headers.block ? block_text(*headers.block) : "";
    if (frame.type != FrameType::push_promise) return block;
    return fmt::format("promises {}: {}", headers.promised_stream, block);
  }
  std::string operator()(const trace::PriorityDetail& priority) const {
    return fmt::format("after {}, weight {}", priority.dependency.stream,
                       priority.dependency.weight);
  }
  std::string operator()(const trace::ErrorDetail& error) const {
    const std::string name = trace::error_name(error.code);
    if (frame.type != FrameType::goaway) return name;
    return fmt::format("{} last {} {}", name, error.last_stream, error.debug);
  }
  std::string operator()(const trace::SettingsDetail& settings) const {
    std::string text;
    for (const auto& [identifier, value] : settings.settings) {
      if (text.size() > most_detail_bytes) break;
      fmt::format_to(std::back_inserter(text), "{}{}={}", text.empty() ? "" : " ",
                     trace::setting_name(identifier), value);
    }
    return text;
  }
  std::string operator()(const trace::PingDetail& ping) const {
    return fmt::format("{:02x}", fmt::join(ping.opaque, ""));
  }
  std::string operator()(const trace::WindowUpdateDetail& update) const {
    return fmt::format("+{}", update.increment);
  }
  std::string operator()(const trace::PriorityUpdateDetail& update) const {
    return fmt::format("{}: {}", update.stream, update.value);
  }
  std::string operator()(const trace::AltsvcDetail& altsvc) const {
    return fmt::format("{} {}", altsvc.origin, altsvc.value);
  }
  std::string operator()(const trace::OriginDetail& origin) const {
    std::string text;
    for (const std::string& each : origin.origins) {
      if (text.size() > most_detail_bytes) break;
      text += (text.empty() ? "" : " ") + each;
    }
    return text;
  }
  std::string operator()(const trace::BodyDetail& body) const {
    return body.last ? "the last" : "";
  }
};

bool is_error(const Frame& frame) {
  const auto* error = std::get_if<trace::ErrorDetail>(&frame.detail);
  return error != nullptr && error->code != 0;
}

std::string_view colour_of(const trace::ConnectionTrace& connection, const Frame& frame) {
  if (is_error(frame)) return error_colour;
  return connection.protocol == Protocol::http2 ? http2_colour : http1_colour;
}

std::string_view arrow(Direction direction) {
  return direction == Direction::down ? "↓" : "↑";
}

}  // namespace

std::string frame_line(const trace::ConnectionTrace& connection, const Frame& frame, Instant zero,
                       bool coloured) {
  const double seconds = std::chrono::duration<double>(frame.written - zero).count();
  const std::string flags = fmt::format("{}", fmt::join(flag_names(frame), " "));
  return fmt::format("{:12.6f} {:<6} {}{} {:<5} {:<15}{} {:>8} {:<24} {}\n", seconds,
                     trace::connection_name(connection),
                     coloured ? colour_of(connection, frame) : "", arrow(frame.direction),
                     frame.stream, trace::name_of(frame.type), coloured ? no_colour : "",
                     frame.length, flags, visible(std::visit(Detail{frame}, frame.detail)));
}

std::string gave_up_line(const trace::ConnectionTrace& connection, bool coloured) {
  return fmt::format("{:>12} {:<6} {}decoding was given up: {}{}\n", "",
                     trace::connection_name(connection), coloured ? error_colour : "",
                     visible(connection.trouble), coloured ? no_colour : "");
}

// The lane's name stands in front of the frame's own members.
std::string frame_json_line(const trace::ConnectionTrace& connection, const Frame& frame,
                            Instant zero) {
  const std::string json = trace::frame_json(connection, frame, zero);
  return fmt::format("{{\"lane\":{},{}\n", trace::dumped(connection.lane),
                     std::string_view{json}.substr(1));
}

std::string gave_up_json_line(const trace::ConnectionTrace& connection) {
  return trace::dumped({{"lane", connection.lane},
                        {"connection", trace::connection_name(connection)},
                        {"trouble", connection.trouble}}) +
         "\n";
}

}  // namespace muxlab::server::logs
