// Reads HTTP/2 frame headers (RFC 9113 section 4.1) off a byte stream, for tests that look at what
// was sent rather than at what an endpoint made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/byte_queue.h"

namespace muxlab::test {

struct Frame {
  enum Type : std::uint8_t {
    data = 0,
    headers = 1,
    priority = 2,
    rst_stream = 3,
    settings = 4,
    push_promise = 5,
    ping = 6,
    goaway = 7,
    window_update = 8,
    continuation = 9,
  };

  std::uint8_t type;
  std::uint8_t flags;
  std::uint32_t stream;
  std::string payload;

  bool end_stream() const { return (flags & 0x1) != 0; }
  std::uint32_t number_at(std::size_t offset) const {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      number = number << 8 | static_cast<std::uint8_t>(payload.at(offset + i));
    }
    return number;
  }
};

inline std::string drain_to_text(ByteQueue& queue) {
  std::string text;
  while (!queue.empty()) {
    text.append(text_of(queue.front()));
    queue.consume(queue.front().size());
  }
  return text;
}

inline std::vector<Frame> frames_in(std::string_view bytes) {
  constexpr std::size_t header_bytes = 9;
  std::vector<Frame> frames;
  while (bytes.size() >= header_bytes) {
    const auto at = [bytes](std::size_t i) {
      return std::uint32_t{static_cast<std::uint8_t>(bytes[i])};
    };
    const std::size_t length = at(0) << 16 | at(1) << 8 | at(2);
    frames.push_back({static_cast<std::uint8_t>(at(3)), static_cast<std::uint8_t>(at(4)),
                      (at(5) << 24 | at(6) << 16 | at(7) << 8 | at(8)) & 0x7fffffffU,
                      std::string{bytes.substr(header_bytes, length)}});
    bytes.remove_prefix(std::min(bytes.size(), header_bytes + length));
  }
  return frames;
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                         std::string_view payload) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xff); };
  std::string bytes{byte(payload.size() >> 16),
                    byte(payload.size() >> 8),
                    byte(payload.size()),
                    byte(type),
                    byte(flags),
                    byte(stream >> 24),
                    byte(stream >> 16),
                    byte(stream >> 8),
                    byte(stream)};
  return bytes.append(payload);
}

}  // namespace muxlab::test
