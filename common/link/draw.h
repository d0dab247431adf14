// Chance that can be repeated: a number that follows from what is asked, not from how often was
// asked before. One packet more or less on one connection leaves the fate of all others as it was.
#pragma once

#include <cstdint>

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

}  // namespace muxlab::link
