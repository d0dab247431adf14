// The picture that mosaic cuts into tiles: a mountain lake at dawn. It is painted by arithmetic
// when the server starts, so that no image lies in the repository and any size of tile can be cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace muxlab::server::site {

// Truecolour, three bytes a pixel (red, green, blue), row after row.
struct Picture {
  static constexpr int channels = 3;

  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bytes;

  const std::uint8_t* at(int x, int y) const {
    return bytes.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                           static_cast<std::size_t>(x)) *
                              channels;
  }
};

// 1280 x 800, the same at every call.
Picture paint_picture();

}  // namespace muxlab::server::site
