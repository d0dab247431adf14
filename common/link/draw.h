// Chance that can be repeated: a number that follows from what is asked, not from how often was
// asked before. One packet more or less on one connection leaves the fate of all others as it was.
#pragma once

#include <cstdint>

#include "common/base/direction.h"

namespace muxlab::link {

// SplitMix64's finalizer (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
// 2014): each bit of the result depends on each bit of the input.
constexpr std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

// Evenly spread over [0, 1).
constexpr double draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t ordinal) {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  const std::uint64_t bits =
      mixed(mixed(mixed(seed + golden) + stream + golden) + ordinal + golden);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

// The chances of a measured link, for whoever compares with it: SplitMix64, one generator a
// direction, one number for each packet that passes the queue, in the order of passing and
// whoever's packet it is. A packet more or less shifts the fates of all behind it.
class DrawsInTurn {
 public:
  constexpr DrawsInTurn(std::uint64_t seed, Direction direction)
      : state_((2 * seed + static_cast<std::uint64_t>(direction)) * 0x2545f4914f6cdd1d) {
    next();
  }

  constexpr double next() {
    state_ += 0x9e3779b97f4a7c15;
    return static_cast<double>(mixed(state_) >> 11) * 0x1.0p-53;
  }

 private:
  std::uint64_t state_;
};

// Whose chances decide what is lost at random.
enum class Chance {
  of_each_packet,  // a draw that follows from the packet's connection, direction and number
  of_each_turn,    // DrawsInTurn
};

}  // namespace muxlab::link
