// What is counted of one lane: plain numbers in arrays, so that counting is adding. Knows frames,
// for their bytes and their errors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/trace/frame.h"

namespace muxlab::server::lab::metrics {

// By Protocol, and one for what is not known yet or never was.
inline constexpr std::size_t unknown_protocol = 3;
inline constexpr std::size_t protocol_count = 4;
// "http/1.1", "unknown"
std::string_view protocol_label(std::size_t protocol);

// 1xx to 5xx at 1 to 5; at 0 what was never answered.
inline constexpr std::size_t status_classes = 6;
std::string_view status_label(std::size_t status_class);
std::size_t status_class_of(int status);

// The codes of RFC 9113 section 7, and one for all others.
inline constexpr std::size_t error_codes = 15;
std::string error_label(std::size_t code);

enum class ByteKind : std::uint8_t { body, header, framing, tls };
inline constexpr std::size_t byte_kinds = 4;
std::string_view byte_kind_label(std::size_t kind);

struct ProtocolCounts {
  std::uint64_t connections = 0;
  std::uint64_t open = 0;
  std::array<std::uint64_t, status_classes> requests{};
  std::uint64_t reused = 0;  // requests that were not their connection's first
};

struct LaneCounts {
  std::string lane;
  std::array<ProtocolCounts, protocol_count> protocols{};
  std::uint64_t full_handshakes = 0;
  std::uint64_t resumed_handshakes = 0;
  std::uint64_t open_streams = 0;
  std::uint64_t most_streams = 0;                                  // at once, on one connection
  std::array<std::array<std::uint64_t, 2>, byte_kinds> bytes{};    // by ByteKind, Direction
  std::array<std::array<std::uint64_t, error_codes>, 2> resets{};  // by Direction, code
  std::array<std::array<std::uint64_t, error_codes>, 2> goaways{};
  std::array<std::uint64_t, 2> ended{};  // by EndedBy
  std::uint64_t lost_segments = 0;
  std::uint64_t tap_dropped = 0;
  std::uint64_t tap_gave_up = 0;

  // Its bytes, and the error that it brings, if any.
  void add(const trace::Frame& frame);
};

}  // namespace muxlab::server::lab::metrics
