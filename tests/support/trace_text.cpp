#include "tests/support/trace_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <variant>

namespace muxlab::test {
namespace {

std::string time(std::optional<Instant> at) {
  return at ? fmt::format("{}", at->time_since_epoch().count()) : "never";
}

std::string text_of_block(const trace::HeaderBlock* block) {
  if (block == nullptr) return " undecoded";
  std::string text = fmt::format(" '{}' {} bytes, updates {}", block->start_line,
                                 block->encoded_bytes, fmt::join(block->size_updates, ","));
  for (const trace::FieldLine& line : block->fields) {
    text += fmt::format("\n    {}: {} ({}{}{} #{} {})", line.name, line.value,
                        trace::name_of(line.representation), line.huffman_name ? " hn" : "",
                        line.huffman_value ? " hv" : "", line.index, line.encoded_bytes);
  }
  if (const auto& table = block->table) {
    text += fmt::format("\n    table {} {}/{} +{} -{}", table->entries, table->bytes, table->limit,
                        table->added, table->evicted);
  }
  return text;
}

std::string text_of_dependency(const trace::HeadersDetail::Dependency& dependency) {
  return fmt::format(" on {}{} weight {}", dependency.stream, dependency.exclusive ? "!" : "",
                     dependency.weight);
}

struct DetailText {
  std::string operator()(const std::monostate&) const { return ""; }
  std::string operator()(const trace::DataDetail& detail) const {
    return fmt::format(" padding {}", detail.padding);
  }
  std::string operator()(const trace::HeadersDetail& detail) const {
    return fmt::format(" padding {} promises {}{}{}", detail.padding, detail.promised_stream,
                       detail.dependency ? text_of_dependency(*detail.dependency) : "",
                       text_of_block(detail.block.get()));
  }
  std::string operator()(const trace::PriorityDetail& detail) const {
    return text_of_dependency(detail.dependency);
  }
  std::string operator()(const trace::ErrorDetail& detail) const {
    return fmt::format(" error {} last {} '{}'", detail.code, detail.last_stream, detail.debug);
  }
  std::string operator()(const trace::SettingsDetail& detail) const {
    std::string text;
    for (const auto& [identifier, value] : detail.settings) {
      text += fmt::format(" {}={}", identifier, value);
    }
    return text;
  }
  std::string operator()(const trace::PingDetail& detail) const {
    return fmt::format(" {:02x}", fmt::join(detail.opaque, ""));
  }
  std::string operator()(const trace::WindowUpdateDetail& detail) const {
    return fmt::format(" +{}", detail.increment);
  }
  std::string operator()(const trace::PriorityUpdateDetail& detail) const {
    return fmt::format(" of {} '{}'", detail.stream, detail.value);
  }
  std::string operator()(const trace::AltsvcDetail& detail) const {
    return fmt::format(" '{}' '{}'", detail.origin, detail.value);
  }
  std::string operator()(const trace::OriginDetail& detail) const {
    return fmt::format(" {}", fmt::join(detail.origins, "|"));
  }
  std::string operator()(const trace::BodyDetail& detail) const {
    return fmt::format(" content {}{}{}", detail.content_bytes, detail.last ? " last" : "",
                       detail.trailers ? text_of_block(detail.trailers.get()) : "");
  }
};

// One record's content is one frame for each piece in which it was told.
bool goes_on(const trace::Frame& before, const trace::Frame& frame) {
  return frame.type == trace::FrameType::body && before.type == frame.type &&
         before.direction == frame.direction && before.stream == frame.stream &&
         before.plain_end == frame.plain_begin && before.wire_end == frame.wire_end;
}

std::string text_of_frames(const std::vector<trace::Frame>& frames) {
  std::string text;
  for (std::size_t at = 0; at < frames.size(); ++at) {
    trace::BodyDetail body;
    std::size_t end = at;
    for (; end < frames.size() && (end == at || goes_on(frames[end - 1], frames[end])); ++end) {
      const auto* detail = std::get_if<trace::BodyDetail>(&frames[end].detail);
      if (detail == nullptr) continue;
      body.content_bytes += detail->content_bytes;
      body.last = body.last || detail->last;
    }
    if (end == at + 1) {
      text += text_of_frame(frames[at]) + "\n";
      continue;
    }
    trace::Frame whole;
    whole.direction = frames[at].direction;
    whole.type = frames[at].type;
    whole.stream = frames[at].stream;
    whole.plain_begin = frames[at].plain_begin;
    whole.plain_end = frames[end - 1].plain_end;
    whole.length = static_cast<std::uint32_t>(whole.plain_end - whole.plain_begin);
    whole.wire_end = frames[at].wire_end;
    whole.written = frames[at].written;
    whole.landed = frames[end - 1].landed;
    whole.detail = std::move(body);
    text += text_of_frame(whole) + "\n";
    at = end - 1;
  }
  return text;
}

std::string text_of_exchange(const trace::Exchange& exchange) {
  return fmt::format(
      "exchange {} stream {} {} {} {} '{}'{} error {}: {} {} {} {} {} {}{}, {}/{} {}/{} {} {}\n",
      exchange.nth, exchange.stream, exchange.method, exchange.path, exchange.status,
      exchange.priority, exchange.pushed ? " pushed" : "",
      exchange.error ? std::to_string(*exchange.error) : "none", time(exchange.sent),
      time(exchange.received), time(exchange.first_byte_written), time(exchange.first_byte_landed),
      time(exchange.last_byte_written), time(exchange.last_byte_landed),
      exchange.complete ? " complete" : "", exchange.request_headers_plain,
      exchange.request_headers, exchange.response_headers_plain, exchange.response_headers,
      exchange.request_body, exchange.body);
}

}  // namespace

std::string text_of_frame(const trace::Frame& frame) {
  return fmt::format("{} {} code {} flags {:x} stream {} length {} at {}-{} wire {} {} {}{}",
                     name_of(frame.direction), trace::name_of(frame.type), frame.code, frame.flags,
                     frame.stream, frame.length, frame.plain_begin, frame.plain_end, frame.wire_end,
                     time(frame.written), time(frame.landed),
                     std::visit(DetailText{}, frame.detail));
}

std::string text_of_trace(const trace::ConnectionTrace& trace) {
  std::string text =
      fmt::format("protocol {}, wire {} {}, plain {} {}, trouble '{}'\n",
                  trace.protocol ? name_of(*trace.protocol) : "unknown", trace.wire_bytes[0],
                  trace.wire_bytes[1], trace.plain_bytes[0], trace.plain_bytes[1], trace.trouble);
  text += text_of_frames(trace.frames);
  for (const trace::Exchange& exchange : trace.exchanges) text += text_of_exchange(exchange);
  return text;
}

}  // namespace muxlab::test
