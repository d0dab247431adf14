// The nine bytes before each frame (RFC 9113 section 4.1), as numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/http2/events.h"

namespace muxlab::http2 {

// RFC 9113 section 6. Of the types that others have registered none is named: to us they are
// unknown.
enum class FrameType : std::uint8_t {
  data = 0x0,
  headers = 0x1,
  priority = 0x2,
  rst_stream = 0x3,
  settings = 0x4,
  push_promise = 0x5,
  ping = 0x6,
  goaway = 0x7,
  window_update = 0x8,
  continuation = 0x9,
};

// What a bit means depends on the type.
enum class FrameFlag : std::uint8_t {
  acknowledges = 0x1,  // SETTINGS, PING
  end_stream = 0x1,    // DATA, HEADERS
  end_headers = 0x4,
  padded = 0x8,
  has_priority = 0x20,  // HEADERS
};

struct FrameHeader {
  std::size_t length = 0;
  FrameType type = FrameType::data;
  std::uint8_t flags = 0;
  StreamId stream = 0;

  bool has(FrameFlag flag) const { return (flags & static_cast<std::uint8_t>(flag)) != 0; }
};

}  // namespace muxlab::http2
