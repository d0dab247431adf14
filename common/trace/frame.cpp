#include "common/trace/frame.h"

#include <fmt/format.h>

namespace muxlab::trace {
namespace {

struct FlagName {
  std::uint8_t bit;
  std::string_view name;
};

// RFC 9113 section 6: the same bit means different things for different types.
std::vector<FlagName> flags_of(FrameType type) {
  constexpr FlagName end_stream{0x1, "END_STREAM"};
  constexpr FlagName acknowledges{0x1, "ACK"};
  constexpr FlagName end_headers{0x4, "END_HEADERS"};
  constexpr FlagName padded{0x8, "PADDED"};
  constexpr FlagName with_priority{0x20, "PRIORITY"};
  switch (type) {
    case FrameType::data:
      return {end_stream, padded};
    case FrameType::headers:
      return {end_stream, end_headers, padded, with_priority};
    case FrameType::push_promise:
      return {end_headers, padded};
    case FrameType::continuation:
      return {end_headers};
    case FrameType::settings:
    case FrameType::ping:
      return {acknowledges};
    case FrameType::priority:
    case FrameType::rst_stream:
    case FrameType::goaway:
    case FrameType::window_update:
    case FrameType::altsvc:
    case FrameType::origin:
    case FrameType::priority_update:
    case FrameType::unknown:
    case FrameType::preface:
    case FrameType::request_head:
    case FrameType::response_head:
    case FrameType::body:
    case FrameType::chunk:
      return {};
  }
  return {};
}

std::string_view name_of_flag(FrameType type, std::uint8_t bit) {
  for (const FlagName& flag : flags_of(type)) {
    if (flag.bit == bit) return flag.name;
  }
  return {};
}

std::string hexadecimal(std::uint32_t number) {
  return fmt::format("0x{:x}", number);
}

}  // namespace

std::string_view name_of(FrameType type) {
  switch (type) {
    case FrameType::data:
      return "DATA";
    case FrameType::headers:
      return "HEADERS";
    case FrameType::priority:
      return "PRIORITY";
    case FrameType::rst_stream:
      return "RST_STREAM";
    case FrameType::settings:
      return "SETTINGS";
    case FrameType::push_promise:
      return "PUSH_PROMISE";
    case FrameType::ping:
      return "PING";
    case FrameType::goaway:
      return "GOAWAY";
    case FrameType::window_update:
      return "WINDOW_UPDATE";
    case FrameType::continuation:
      return "CONTINUATION";
    case FrameType::altsvc:
      return "ALTSVC";
    case FrameType::origin:
      return "ORIGIN";
    case FrameType::priority_update:
      return "PRIORITY_UPDATE";
    case FrameType::unknown:
      return "UNKNOWN";
    case FrameType::preface:
      return "PREFACE";
    case FrameType::request_head:
      return "REQUEST_HEAD";
    case FrameType::response_head:
      return "RESPONSE_HEAD";
    case FrameType::body:
      return "BODY";
    case FrameType::chunk:
      return "CHUNK";
  }
  return "";
}

std::vector<std::string> flag_names(const Frame& frame) {
  std::vector<std::string> names;
  for (unsigned bit = 0x1; bit <= 0x80; bit <<= 1) {
    if ((frame.flags & bit) == 0) continue;
    const std::string_view name = name_of_flag(frame.type, static_cast<std::uint8_t>(bit));
    names.push_back(name.empty() ? hexadecimal(bit) : std::string{name});
  }
  return names;
}

std::string_view name_of(Representation representation) {
  switch (representation) {
    case Representation::indexed:
      return "indexed";
    case Representation::literal_with_indexing:
      return "literal with indexing";
    case Representation::literal_without_indexing:
      return "literal without indexing";
    case Representation::literal_never_indexed:
      return "literal never indexed";
    case Representation::text:
      return "text";
  }
  return "";
}

std::string setting_name(std::uint16_t identifier) {
  switch (identifier) {
    case 0x1:
      return "HEADER_TABLE_SIZE";
    case 0x2:
      return "ENABLE_PUSH";
    case 0x3:
      return "MAX_CONCURRENT_STREAMS";
    case 0x4:
      return "INITIAL_WINDOW_SIZE";
    case 0x5:
      return "MAX_FRAME_SIZE";
    case 0x6:
      return "MAX_HEADER_LIST_SIZE";
    case 0x8:
      return "ENABLE_CONNECT_PROTOCOL";  // RFC 8441 section 3
    case 0x9:
      return "NO_RFC7540_PRIORITIES";  // RFC 9218 section 2.1
    default:
      return hexadecimal(identifier);
  }
}

std::string error_name(std::uint32_t code) {
  constexpr std::string_view names[] = {
      "NO_ERROR",
      "PROTOCOL_ERROR",
      "INTERNAL_ERROR",
      "FLOW_CONTROL_ERROR",
      "SETTINGS_TIMEOUT",
      "STREAM_CLOSED",
      "FRAME_SIZE_ERROR",
      "REFUSED_STREAM",
      "CANCEL",
      "COMPRESSION_ERROR",
      "CONNECT_ERROR",
      "ENHANCE_YOUR_CALM",
      "INADEQUATE_SECURITY",
      "HTTP_1_1_REQUIRED",
  };
  return code < std::size(names) ? std::string{names[code]} : hexadecimal(code);
}

}  // namespace muxlab::trace
