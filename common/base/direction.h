// The two directions of a connection, as its client sees them.
#pragma once

#include <cstdint>
#include <string_view>

namespace muxlab {

enum class Direction : std::uint8_t {
  down,  // from the server to the client
  up,    // from the client to the server
};

constexpr Direction opposite(Direction direction) {
  return direction == Direction::down ? Direction::up : Direction::down;
}

constexpr std::string_view name_of(Direction direction) {
  return direction == Direction::down ? "down" : "up";
}

}  // namespace muxlab
