#include "server/tap/http2_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace muxlab::server::tap {
namespace {

using trace::FrameType;

constexpr std::array<FrameType, 13> known_types{
    FrameType::data,          FrameType::headers,      FrameType::priority, FrameType::rst_stream,
    FrameType::settings,      FrameType::push_promise, FrameType::ping,     FrameType::goaway,
    FrameType::window_update, FrameType::continuation, FrameType::altsvc,   FrameType::unknown,
    FrameType::origin};
constexpr std::uint8_t priority_update_code = 0x10;  // RFC 9218 section 7.1

// Numbers off the front of a payload, whose length has been checked.
std::uint32_t take_number(Bytes& rest, std::size_t bytes) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : rest.first(bytes)) number = number << 8 | byte;
  rest = rest.subspan(bytes);
  return number;
}

constexpr std::uint32_t stream_bits = 0x7fffffff;

std::string taken_text(Bytes& rest, std::size_t bytes) {
  const Bytes taken = rest.first(std::min(bytes, rest.size()));
  rest = rest.subspan(taken.size());
  return std::string{text_of(taken)};
}

Failure wrong_length(const trace::Frame& frame, std::string_view rule) {
  return {
      fmt::format("a {} frame has {} bytes: {}", trace::name_of(frame.type), frame.length, rule)};
}

trace::HeadersDetail::Dependency take_dependency(Bytes& rest) {
  const std::uint32_t stream = take_number(rest, 4);
  const std::uint32_t weight = take_number(rest, 1) + 1;
  return {.stream = stream & stream_bits,
          .exclusive = (stream & ~stream_bits) != 0,
          .weight = static_cast<std::uint16_t>(weight)};
}

// How much of the frame is padding, its length byte included. `rest` loses that byte.
Result<std::uint32_t> take_padding(Bytes& rest, const Http2Frame& frame) {
  if (!frame.has_flag(flag_padded)) return std::uint32_t{0};
  if (rest.empty()) return wrong_length(frame.frame, "there is no room for the padding's length");
  const std::uint32_t padding = 1 + take_number(rest, 1);
  if (padding > frame.frame.length) {
    return wrong_length(frame.frame, fmt::format("{} of padding do not fit", padding));
  }
  return padding;
}

Status read_data(Bytes rest, Http2Frame& frame) {
  const Result<std::uint32_t> padding = take_padding(rest, frame);
  if (!padding.ok()) return padding.failure();
  frame.frame.detail = trace::DataDetail{padding.value()};
  frame.content_bytes = frame.frame.length - padding.value();
  return Done{};
}

// HEADERS and PUSH_PROMISE.
Status read_headers(Bytes rest, Http2Frame& frame) {
  const Result<std::uint32_t> padding = take_padding(rest, frame);
  if (!padding.ok()) return padding.failure();
  trace::HeadersDetail detail;
  detail.padding = padding.value();
  const bool promises = frame.frame.type == FrameType::push_promise;
  const bool depends = !promises && frame.has_flag(flag_priority);
  const std::size_t behind = detail.padding == 0 ? 0 : detail.padding - 1;
  if (rest.size() < (promises ? 4U : depends ? 5U : 0U) + behind) {
    return wrong_length(frame.frame, "its fixed part and its padding do not fit");
  }
  if (promises) detail.promised_stream = take_number(rest, 4) & stream_bits;
  if (depends) detail.dependency = take_dependency(rest);
  frame.fragment = text_of(rest.first(rest.size() - behind));
  frame.frame.detail = std::move(detail);
  return Done{};
}

Status read_settings(Bytes rest, Http2Frame& frame) {
  if (rest.size() % 6 != 0) return wrong_length(frame.frame, "a setting has 6");
  if (frame.has_flag(flag_acknowledges) && !rest.empty()) {
    return wrong_length(frame.frame, "an acknowledgement has none");
  }
  trace::SettingsDetail detail;
  while (!rest.empty()) {
    const auto identifier = static_cast<std::uint16_t>(take_number(rest, 2));
    const std::uint32_t value = take_number(rest, 4);
    detail.settings.emplace_back(identifier, value);
  }
  frame.frame.detail = std::move(detail);
  return Done{};
}

Status read_priority(Bytes rest, Http2Frame& frame) {
  if (frame.frame.length != 5) return wrong_length(frame.frame, "it must have 5");
  frame.frame.detail = trace::PriorityDetail{take_dependency(rest)};
  return Done{};
}

Status read_rst_stream(Bytes rest, Http2Frame& frame) {
  if (frame.frame.length != 4) return wrong_length(frame.frame, "it must have 4");
  frame.frame.detail = trace::ErrorDetail{.code = take_number(rest, 4), .debug = {}};
  return Done{};
}

Status read_ping(Bytes rest, Http2Frame& frame) {
  trace::PingDetail detail{};
  if (frame.frame.length != detail.opaque.size()) {
    return wrong_length(frame.frame, "it must have 8");
  }
  std::copy(rest.begin(), rest.end(), detail.opaque.begin());
  frame.frame.detail = detail;
  return Done{};
}

Status read_goaway(Bytes rest, Http2Frame& frame) {
  if (rest.size() < 8) return wrong_length(frame.frame, "it must have at least 8");
  trace::ErrorDetail detail{};
  detail.last_stream = take_number(rest, 4) & stream_bits;
  detail.code = take_number(rest, 4);
  detail.debug = text_of(rest);
  frame.frame.detail = std::move(detail);
  return Done{};
}

Status read_window_update(Bytes rest, Http2Frame& frame) {
  if (frame.frame.length != 4) return wrong_length(frame.frame, "it must have 4");
  frame.frame.detail = trace::WindowUpdateDetail{take_number(rest, 4) & stream_bits};
  return Done{};
}

Status read_priority_update(Bytes rest, Http2Frame& frame) {
  if (rest.size() < 4) return wrong_length(frame.frame, "it must have at least 4");
  trace::PriorityUpdateDetail detail{};
  detail.stream = take_number(rest, 4) & stream_bits;
  detail.value = text_of(rest);
  frame.frame.detail = std::move(detail);
  return Done{};
}

Status read_altsvc(Bytes rest, Http2Frame& frame) {
  if (rest.size() < 2) return wrong_length(frame.frame, "it must have at least 2");
  trace::AltsvcDetail detail;
  const std::size_t origin_bytes = take_number(rest, 2);
  if (origin_bytes + 2 > frame.frame.length) {
    return wrong_length(frame.frame, "its origin does not fit");
  }
  detail.origin = taken_text(rest, origin_bytes);
  detail.value = text_of(rest);
  frame.frame.detail = std::move(detail);
  return Done{};
}

// An origin that does not fit into what is kept is cut, as one that breaks off is.
Status read_origin(Bytes rest, Http2Frame& frame) {
  trace::OriginDetail detail;
  while (rest.size() >= 2) {
    const std::size_t bytes = take_number(rest, 2);
    detail.origins.push_back(taken_text(rest, bytes));
  }
  frame.frame.detail = std::move(detail);
  return Done{};
}

}  // namespace

FrameType http2_frame_type(std::uint8_t code) {
  if (code < known_types.size()) return known_types[code];
  return code == priority_update_code ? FrameType::priority_update : FrameType::unknown;
}

Result<std::size_t> kept_payload_bytes(const trace::Frame& header) {
  const std::size_t length = header.length;
  switch (header.type) {
    case FrameType::data:
      return std::min<std::size_t>(length, (header.flags & flag_padded) != 0 ? 1 : 0);
    case FrameType::headers:
    case FrameType::push_promise:
    case FrameType::continuation:
      if (length > most_fragment_bytes) return wrong_length(header, "more than 128 KiB of header");
      return length;
    case FrameType::settings:
      if (length > most_settings_bytes) return wrong_length(header, "more than 256 settings");
      return length;
    case FrameType::priority:
    case FrameType::rst_stream:
    case FrameType::ping:
    case FrameType::goaway:
    case FrameType::window_update:
    case FrameType::priority_update:
    case FrameType::altsvc:
    case FrameType::origin:
      return std::min(length, most_text_bytes);
    case FrameType::unknown:
    case FrameType::preface:
    case FrameType::request_head:
    case FrameType::response_head:
    case FrameType::body:
    case FrameType::chunk:
      return std::size_t{0};
  }
  return std::size_t{0};
}

Status read_payload(Bytes kept, Http2Frame& frame) {
  switch (frame.frame.type) {
    case FrameType::data:
      return read_data(kept, frame);
    case FrameType::headers:
    case FrameType::push_promise:
      return read_headers(kept, frame);
    case FrameType::continuation:
      frame.fragment = text_of(kept);
      return Done{};
    case FrameType::settings:
      return read_settings(kept, frame);
    case FrameType::priority:
      return read_priority(kept, frame);
    case FrameType::rst_stream:
      return read_rst_stream(kept, frame);
    case FrameType::ping:
      return read_ping(kept, frame);
    case FrameType::goaway:
      return read_goaway(kept, frame);
    case FrameType::window_update:
      return read_window_update(kept, frame);
    case FrameType::priority_update:
      return read_priority_update(kept, frame);
    case FrameType::altsvc:
      return read_altsvc(kept, frame);
    case FrameType::origin:
      return read_origin(kept, frame);
    case FrameType::unknown:
    case FrameType::preface:
    case FrameType::request_head:
    case FrameType::response_head:
    case FrameType::body:
    case FrameType::chunk:
      return Done{};
  }
  return Done{};
}

}  // namespace muxlab::server::tap
