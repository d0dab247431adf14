#include "server/site/mosaic.h"

#include <cassert>
#include <cmath>
#include <optional>

namespace muxlab::server::site {
namespace {

// How far a tile may be from a square, the longer side by the shorter.
constexpr double longest_tile = 1.7;

// How many rows: those that make squares, but rather a number near it that divides the tiles, so
// that 100 are ten rows of ten.
int rows_for(int tiles, int width, int height) {
  const double squares = std::sqrt(static_cast<double>(tiles) * height / width);
  std::optional<int> even;
  for (int rows = 1; rows <= tiles; ++rows) {
    const double stretch = rows > squares ? rows / squares : squares / rows;
    if (tiles % rows != 0 || stretch * stretch > longest_tile) continue;
    if (!even || std::abs(rows - squares) < std::abs(*even - squares)) even = rows;
  }
  return even ? *even : static_cast<int>(std::lround(squares));
}

// Where part `index` of `parts` begins when `whole` is shared out evenly; the end at index ==
// parts.
int share(int whole, int index, int parts) {
  return whole * index / parts;
}

}  // namespace

Layout lay_out(int tiles, int width, int height) {
  assert(tiles >= min_tiles && tiles <= max_tiles);
  Layout layout{rows_for(tiles, width, height), {}};
  layout.tiles.reserve(static_cast<std::size_t>(tiles));
  for (int row = 0; row < layout.rows; ++row) {
    const int columns = share(tiles, row + 1, layout.rows) - share(tiles, row, layout.rows);
    const int top = share(height, row, layout.rows);
    const int bottom = share(height, row + 1, layout.rows);
    for (int column = 0; column < columns; ++column) {
      const int left = share(width, column, columns);
      const int right = share(width, column + 1, columns);
      layout.tiles.push_back({row, column, {left, top, right - left, bottom - top}});
    }
  }
  return layout;
}

TileSet::TileSet(const Picture& picture, int tiles)
    : layout_(lay_out(tiles, picture.width, picture.height)) {
  files_.reserve(layout_.tiles.size());
  for (const Tile& tile : layout_.tiles) {
    files_.push_back(std::make_shared<const std::string>(encode_png(picture, tile.area)));
  }
}

}  // namespace muxlab::server::site
