// The picture itself: its size, that it is the same every time, and that it has something in every
// part of it.
#include "server/site/picture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "server/site/mosaic.h"

namespace muxlab::server::site {
namespace {

const Picture& picture() {
  static const Picture painted = paint_picture();
  return painted;
}

std::string bytes_of(Area area) {
  std::string bytes;
  for (int y = area.y; y < area.y + area.height; ++y) {
    const auto* begin = reinterpret_cast<const char*>(picture().at(area.x, y));
    bytes.append(begin, static_cast<std::size_t>(area.width) * Picture::channels);
  }
  return bytes;
}

int brightness(int x, int y) {
  const std::uint8_t* pixel = picture().at(x, y);
  return pixel[0] + pixel[1] + pixel[2];
}

TEST(Picture, HasThreeBytesForEveryPixel) {
  EXPECT_EQ(picture().width, 1280);
  EXPECT_EQ(picture().height, 800);
  EXPECT_EQ(picture().bytes.size(), 1280u * 800u * 3u);
}

TEST(Picture, IsTheSameEveryTime) {
  EXPECT_EQ(picture().bytes, paint_picture().bytes);
}

TEST(Picture, DiffersInEveryTileOfTheFinestCut) {
  std::set<std::string> seen;
  for (const Tile& tile : lay_out(max_tiles, picture().width, picture().height).tiles) {
    EXPECT_TRUE(seen.insert(bytes_of(tile.area)).second)
        << "row " << tile.row << ", column " << tile.column << " looks like another tile";
  }
}

TEST(Picture, HasABrightSunOverDarkPines) {
  EXPECT_GT(brightness(862, 306), 3 * 240);
  EXPECT_LT(brightness(96, 700), 3 * 60);
}

// Neighbours in the clear sky are a step or two apart: a gradient, not stripes.
TEST(Picture, HasNoBandsInTheSky) {
  for (int y = 101; y < 300; ++y) {
    EXPECT_LE(std::abs(brightness(1270, y) - brightness(1270, y - 1)), 12) << "row " << y;
  }
}

}  // namespace
}  // namespace muxlab::server::site
