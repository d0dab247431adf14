// One HTTP/2 frame as it came off the wire (RFC 9113 section 4), and the reading of its payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/trace/frame.h"
#include "server/tap/moment.h"

namespace muxlab::server::tap {

struct Http2Frame {
  trace::Frame frame;    // its header block, if any, is not decoded
  Moment first;          // of its first byte
  Moment last;           // and of its last
  std::string fragment;  // HEADERS, PUSH_PROMISE, CONTINUATION: what it holds of the header block
  std::uint32_t content_bytes = 0;  // DATA: without the padding

  bool has_flag(std::uint8_t flag) const { return (frame.flags & flag) != 0; }
};

// RFC 9113 section 6.
inline constexpr std::uint8_t flag_acknowledges = 0x1;  // SETTINGS, PING
inline constexpr std::uint8_t flag_end_stream = 0x1;    // DATA, HEADERS
inline constexpr std::uint8_t flag_end_headers = 0x4;
inline constexpr std::uint8_t flag_padded = 0x8;
inline constexpr std::uint8_t flag_priority = 0x20;

inline constexpr std::size_t http2_frame_header_bytes = 9;

// What is kept of a payload until it is whole. Header blocks and SETTINGS must fit, of text that is
// only shown the rest is counted, and so is all of DATA.
inline constexpr std::size_t most_fragment_bytes = 128 * 1024;  // twice what nghttp2 sends
inline constexpr std::size_t most_settings_bytes = 6 * 256;     // some ten are defined
inline constexpr std::size_t most_text_bytes = 1024;  // GOAWAY, PRIORITY_UPDATE, ALTSVC, ORIGIN

trace::FrameType http2_frame_type(std::uint8_t code);

// How many bytes of the payload read_payload() needs of a frame with this header.
Result<std::size_t> kept_payload_bytes(const trace::Frame& header);

// Reads `kept`, the first bytes of the payload, into `frame`, whose header has been read.
Status read_payload(Bytes kept, Http2Frame& frame);

}  // namespace muxlab::server::tap
