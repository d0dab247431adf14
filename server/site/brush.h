// What a picture is painted with: colours that mix, and a repeatable noise to shape hills and
// water. Pure arithmetic; knows nothing of pixels in memory.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace muxlab::server::site {

// sRGB, each part 0 to 255.
struct Colour {
  float red = 0;
  float green = 0;
  float blue = 0;
};

constexpr Colour colour(std::uint32_t rgb) {
  return {static_cast<float>(rgb >> 16 & 0xff), static_cast<float>(rgb >> 8 & 0xff),
          static_cast<float>(rgb & 0xff)};
}

constexpr Colour mix(Colour from, Colour to, float share) {
  return {from.red + (to.red - from.red) * share, from.green + (to.green - from.green) * share,
          from.blue + (to.blue - from.blue) * share};
}

constexpr float mix(float from, float to, float share) {
  return from + (to - from) * share;
}

constexpr float clamped(float value) {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

// 0 below `from`, 1 above `to`, smooth between them.
constexpr float smooth_step(float from, float to, float value) {
  const float share = clamped((value - from) / (to - from));
  return share * share * (3 - 2 * share);
}

// Value noise between -1 and 1 on a lattice of random values, smooth in both directions and the
// same for the same seed.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) {
    std::uint32_t state = seed * 2654435761u + 1;  // xorshift32 (Marsaglia, 2003)
    for (float& value : lattice_) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
    }
  }

  float at(float x, float y = 0) const {
    // Shifted to be positive, where a cast rounds down: std::floor is a call on older processors.
    const auto left = static_cast<std::uint32_t>(x + shift);
    const auto top = static_cast<std::uint32_t>(y + shift);
    const float across = eased(x + shift - static_cast<float>(left));
    const float down = eased(y + shift - static_cast<float>(top));
    const float above = value(left, top) + (value(left + 1, top) - value(left, top)) * across;
    const float below =
        value(left, top + 1) + (value(left + 1, top + 1) - value(left, top + 1)) * across;
    return above + (below - above) * down;
  }

  // Octaves of halving size and weight, summed: the rough outline first, the crags last.
  float layered(float x, float y, int octaves) const {
    float sum = 0;
    float weight = 0.5f;
    for (int octave = 0; octave < octaves; ++octave) {
      sum += weight * at(x, y);
      x = x * 2.03f + 17.3f;  // not exactly 2: the lattices must not line up
      y = y * 2.03f + 9.1f;
      weight *= 0.5f;
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t side = 128;
  static constexpr float shift = 4096;  // coordinates lie well within it

  static constexpr float eased(float share) { return share * share * (3 - 2 * share); }

  float value(std::uint32_t column, std::uint32_t row) const {
    return lattice_[(row % side) * side + column % side];
  }

  std::array<float, std::size_t{side} * side> lattice_;
};

}  // namespace muxlab::server::site
