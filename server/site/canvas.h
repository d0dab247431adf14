// The canvas while it is painted, in full precision, with the colours it is painted in.
// Knows nothing of what is on it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "server/site/brush.h"

namespace muxlab::server::site {

inline constexpr int canvas_width = 1280;
inline constexpr int canvas_height = 800;

// The two protocols' colours and the paper, as everywhere in muxlab, and what lies between them.
inline constexpr Colour paper = colour(0xfbfaf7);
inline constexpr Colour orange = colour(0xf2a03d);
inline constexpr Colour rust = colour(0xa84f00);
inline constexpr Colour sky_blue = colour(0x5ab0f2);
inline constexpr Colour deep_blue = colour(0x0b62b0);
inline constexpr Colour night = colour(0x0b2136);
inline constexpr Colour peach = colour(0xfad3a0);
inline constexpr Colour cream = colour(0xfef1d8);
inline constexpr Colour sun_disc = colour(0xfffbf0);

class Canvas {
 public:
  Canvas() : pixels_(static_cast<std::size_t>(canvas_width) * canvas_height) {}

  Colour& at(int x, int y) {
    return pixels_[static_cast<std::size_t>(y) * canvas_width + static_cast<std::size_t>(x)];
  }

  // What lies at a height between two rows; outside the canvas its edge goes on.
  Colour sample(int x, float y) const {
    x = std::clamp(x, 0, canvas_width - 1);
    y = std::clamp(y, 0.0f, canvas_height - 1.001f);
    const auto row = static_cast<std::size_t>(y);
    const std::size_t index = row * canvas_width + static_cast<std::size_t>(x);
    return mix(pixels_[index], pixels_[index + canvas_width], y - static_cast<float>(row));
  }

  // Lays a colour over a pixel; `share` is how much of the pixel it covers. Outside is nothing to
  // lay on.
  void blend(int x, int y, Colour over, float share) {
    if (x < 0 || x >= canvas_width || y < 0 || y >= canvas_height || share <= 0) return;
    at(x, y) = mix(at(x, y), over, std::min(share, 1.0f));
  }

 private:
  std::vector<Colour> pixels_;
};

}  // namespace muxlab::server::site
