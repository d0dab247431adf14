// The cut: tiles cover the picture exactly, for every number of them, and put together again they
// are the picture. A worker keeps a bounded number of cuts.
#include "server/site/mosaic.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <vector>

#include "server/site/mosaic_page.h"

namespace muxlab::server::site {
namespace {

constexpr int width = 1280;
constexpr int height = 800;

const Picture& picture() {
  static const Picture painted = paint_picture();
  return painted;
}

// The pixels of a PNG file, three bytes each; empty when it is not one of that size.
std::vector<std::uint8_t> decoded(const std::string& file, Area area) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) return {};
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  const bool fits = image.width == static_cast<png_uint_32>(area.width) &&
                    image.height == static_cast<png_uint_32>(area.height);
  const int read = png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr);
  return fits && read != 0 ? pixels : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> put_together(const TileSet& set) {
  std::vector<std::uint8_t> whole(picture().bytes.size());
  for (int index = 0; index < set.size(); ++index) {
    const Area area = set.layout().tiles[static_cast<std::size_t>(index)].area;
    const std::vector<std::uint8_t> pixels = decoded(*set.png(index), area);
    if (pixels.empty()) return {};
    const auto row_bytes = static_cast<std::ptrdiff_t>(area.width) * Picture::channels;
    for (int row = 0; row < area.height; ++row) {
      const auto target = (std::ptrdiff_t{area.y + row} * width + area.x) * Picture::channels;
      std::copy_n(pixels.begin() + row * row_bytes, row_bytes, whole.begin() + target);
    }
  }
  return whole;
}

// Tiles come row by row: each begins where the one before it ended, and each row where the last one
// did.
TEST(Layout, CoversThePictureWithoutGapOrOverlapForEveryNumber) {
  for (int tiles = min_tiles; tiles <= max_tiles; ++tiles) {
    const Layout layout = lay_out(tiles, width, height);
    ASSERT_EQ(layout.tiles.size(), static_cast<std::size_t>(tiles));
    int left = 0;
    int top = 0;
    for (const Tile& tile : layout.tiles) {
      ASSERT_GT(tile.area.width, 0);
      ASSERT_GT(tile.area.height, 0);
      ASSERT_EQ(tile.area.x, left) << tiles << " tiles";
      ASSERT_EQ(tile.area.y, top) << tiles << " tiles";
      left += tile.area.width;
      const bool ends_its_row = &tile == &layout.tiles.back() || (&tile + 1)->row != tile.row;
      if (!ends_its_row) {
        ASSERT_EQ((&tile + 1)->area.height, tile.area.height) << tiles << " tiles";
        continue;
      }
      ASSERT_EQ(left, width) << tiles << " tiles";
      left = 0;
      top += tile.area.height;
    }
    ASSERT_EQ(top, height) << tiles << " tiles";
  }
}

TEST(Layout, SpreadsTilesEvenlyAndNearlySquareForEveryNumber) {
  for (int tiles = min_tiles; tiles <= max_tiles; ++tiles) {
    const Layout layout = lay_out(tiles, width, height);
    std::vector<int> columns(static_cast<std::size_t>(layout.rows));
    for (const Tile& tile : layout.tiles) {
      EXPECT_EQ(tile.column, columns[static_cast<std::size_t>(tile.row)]++) << tiles << " tiles";
      const double longer = std::max(tile.area.width, tile.area.height);
      EXPECT_LT(longer / std::min(tile.area.width, tile.area.height), 1.9) << tiles << " tiles";
    }
    const auto [fewest, most] = std::minmax_element(columns.begin(), columns.end());
    EXPECT_LE(*most - *fewest, 1) << tiles << " tiles";
  }
}

TEST(Layout, IsARegularGridWhereTheNumberAllowsIt) {
  EXPECT_EQ(lay_out(100, width, height).rows, 10);
  EXPECT_EQ(lay_out(100, width, height).tiles[99].area, (Area{1152, 720, 128, 80}));
  EXPECT_EQ(lay_out(1024, width, height).rows, 32);
}

TEST(TileSet, PutTogetherIsThePicture) {
  for (const int tiles : {16, 97, 100, 1009}) {
    EXPECT_EQ(put_together(TileSet{picture(), tiles}), picture().bytes) << tiles << " tiles";
  }
}

TEST(TileSet, IsHeavyEnoughToTakeTimeAndLightEnoughForALine) {
  const TileSet set{picture(), default_tiles};
  std::size_t bytes = 0;
  for (int index = 0; index < set.size(); ++index) bytes += set.png(index)->size();
  EXPECT_GT(bytes, 300'000u);
  EXPECT_LT(bytes, 700'000u);
}

class KeptPages : public testing::Test {
 protected:
  PageTemplate template_ =
      parse_mosaic_template("<!-- muxlab:count --><!-- muxlab:choices --><!-- muxlab:tiles -->")
          .value();
  MosaicPages pages_{picture(), template_, make_mosaic_page(picture(), template_, default_tiles)};
};

TEST_F(KeptPages, AreMadeOnceWhileTheyAreKept) {
  const std::string* first = pages_.page(20).tiles.png(0).get();
  EXPECT_EQ(pages_.page(20).tiles.png(0).get(), first);
}

TEST_F(KeptPages, AreBoundedAndTheLeastRecentlyAskedForGoes) {
  const std::shared_ptr<const std::string> oldest = pages_.page(16).tiles.png(0);
  const std::shared_ptr<const std::string> used = pages_.page(17).tiles.png(0);
  for (int tiles = 18; pages_.kept() < MosaicPages::max_kept; ++tiles) pages_.page(tiles);
  pages_.page(17);
  EXPECT_EQ(pages_.page(16).tiles.png(0), oldest);

  pages_.page(900);  // one too many: 18 goes, then 19
  pages_.page(901);
  EXPECT_EQ(pages_.kept(), MosaicPages::max_kept);
  EXPECT_EQ(pages_.page(16).tiles.png(0), oldest);
  EXPECT_EQ(pages_.page(17).tiles.png(0), used);
}

TEST_F(KeptPages, AlwaysIncludeTheDefault) {
  const std::string* first = pages_.page(default_tiles).tiles.png(0).get();
  for (int tiles = 16; tiles < 16 + static_cast<int>(MosaicPages::max_kept); ++tiles) {
    pages_.page(tiles);
  }
  EXPECT_EQ(pages_.page(default_tiles).tiles.png(0).get(), first);
}

TEST_F(KeptPages, GoWithoutHarmToAnAnswerUnderWay) {
  const std::shared_ptr<const std::string> sent = pages_.page(16).tiles.png(0);
  for (int tiles = 17; tiles < 40; ++tiles) pages_.page(tiles);
  EXPECT_EQ(sent.use_count(), 1);
  EXPECT_EQ(sent->substr(1, 3), "PNG");
}

}  // namespace
}  // namespace muxlab::server::site
