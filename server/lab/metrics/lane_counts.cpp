#include "server/lab/metrics/lane_counts.h"

#include <algorithm>
#include <variant>

#include "common/base/connection_facts.h"

namespace muxlab::server::lab::metrics {
namespace {

using trace::FrameType;

// Of all its bytes: those that are the content's, and those that carry header fields.
struct Share {
  std::uint64_t body = 0;
  std::uint64_t header = 0;
};

template <typename Detail>
std::uint32_t padding_of(const trace::Frame& frame) {
  const auto* detail = std::get_if<Detail>(&frame.detail);
  return detail == nullptr ? 0 : std::min(detail->padding, frame.length);
}

Share share_of(const trace::Frame& frame) {
  switch (frame.type) {
    case FrameType::data:
      return {.body = frame.length - padding_of<trace::DataDetail>(frame)};
    case FrameType::headers:
    case FrameType::push_promise:
      return {.header = frame.length - padding_of<trace::HeadersDetail>(frame)};
    case FrameType::continuation:
    case FrameType::request_head:
    case FrameType::response_head:
      return {.header = frame.length};
    case FrameType::body:
    case FrameType::chunk: {
      const auto* detail = std::get_if<trace::BodyDetail>(&frame.detail);
      return {.body = detail == nullptr ? 0 : detail->content_bytes};
    }
    case FrameType::priority:
    case FrameType::rst_stream:
    case FrameType::settings:
    case FrameType::ping:
    case FrameType::goaway:
    case FrameType::window_update:
    case FrameType::altsvc:
    case FrameType::origin:
    case FrameType::priority_update:
    case FrameType::unknown:
    case FrameType::preface:
      return {};
  }
  return {};
}

}  // namespace

std::string_view protocol_label(std::size_t protocol) {
  return protocol == unknown_protocol ? "unknown" : name_of(static_cast<Protocol>(protocol));
}

std::string_view status_label(std::size_t status_class) {
  constexpr std::string_view labels[status_classes] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  return labels[status_class];
}

std::size_t status_class_of(int status) {
  const bool known = status >= 100 && status < 600;
  return known ? static_cast<std::size_t>(status) / 100 : 0;
}

std::string error_label(std::size_t code) {
  return code + 1 == error_codes ? "other" : trace::error_name(static_cast<std::uint32_t>(code));
}

std::string_view byte_kind_label(std::size_t kind) {
  constexpr std::string_view labels[byte_kinds] = {"body", "header", "framing", "tls"};
  return labels[kind];
}

void LaneCounts::add(const trace::Frame& frame) {
  const auto direction = static_cast<std::size_t>(frame.direction);
  const auto count = [this, direction](ByteKind kind, std::uint64_t more) {
    bytes[static_cast<std::size_t>(kind)][direction] += more;
  };
  const std::uint64_t all = frame.plain_end - frame.plain_begin;
  const Share share = share_of(frame);
  count(ByteKind::body, share.body);
  count(ByteKind::header, share.header);
  count(ByteKind::framing, all - std::min(all, share.body + share.header));

  const auto* error = std::get_if<trace::ErrorDetail>(&frame.detail);
  if (error == nullptr) return;
  const std::size_t code = std::min<std::size_t>(error->code, error_codes - 1);
  ++(frame.type == FrameType::goaway ? goaways : resets)[direction][code];
}

}  // namespace muxlab::server::lab::metrics
