// The picture cut into tiles: where each lies, and each as a PNG file of its own.
// Any number of tiles in the range works, primes too. Knows nothing of pages and requests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "server/site/picture.h"
#include "server/site/png.h"

namespace muxlab::server::site {

inline constexpr int min_tiles = 16;    // fewer would show nothing of six connections taking turns
inline constexpr int max_tiles = 1024;  // more would be tiles smaller than their own headers
inline constexpr int default_tiles = 100;

struct Tile {
  int row = 0;
  int column = 0;
  Area area;
};

// Tiles in reading order. Rows are of equal height and the tiles of a row of equal width, to the
// pixel that rounding leaves; rows differ by at most one tile.
struct Layout {
  int rows = 0;
  std::vector<Tile> tiles;
};

// Needs min_tiles <= tiles <= max_tiles and a picture with more pixels each way than rows or
// columns.
Layout lay_out(int tiles, int width, int height);

class TileSet {
 public:
  // Encodes all tiles, in some 35 ms.
  TileSet(const Picture& picture, int tiles);

  int size() const { return static_cast<int>(layout_.tiles.size()); }
  const Layout& layout() const { return layout_; }

  // Needs 0 <= index < size().
  const std::shared_ptr<const std::string>& png(int index) const {
    return files_[static_cast<std::size_t>(index)];
  }

 private:
  Layout layout_;
  std::vector<std::shared_ptr<const std::string>> files_;
};

}  // namespace muxlab::server::site
