#include "server/site/mosaic_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "common/json/json.h"

namespace muxlab::server::site {
namespace {

constexpr std::array<int, 6> offered_tiles{16, 64, 100, 256, 400, 1024};

// The one way a tile's address is written, below /mosaic/. Unique in the page and unlike that of
// any other number of tiles: one address would be fetched once only.
std::string tile_path(int index, int tiles) {
  return fmt::format("tile/{}.png?tiles={}", index, tiles);
}

std::string tile_elements(const Layout& layout) {
  const int count = static_cast<int>(layout.tiles.size());
  std::string html;
  for (int index = 0; index < count; ++index) {
    const Tile& tile = layout.tiles[static_cast<std::size_t>(index)];
    if (tile.column == 0) html += index == 0 ? "<div>\n" : "</div>\n<div>\n";
    fmt::format_to(std::back_inserter(html),
                   "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"tile {}\">\n",
                   tile_path(index, count), tile.area.width, tile.area.height, index);
  }
  return html + "</div>";
}

std::string choices(int tiles) {
  std::string html;
  for (const int offered : offered_tiles) {
    fmt::format_to(std::back_inserter(html), "<a href=\"?tiles={0}\"{1}>{0}</a>\n", offered,
                   offered == tiles ? " aria-current=\"true\"" : "");
  }
  return html;
}

std::string page_json(int tiles) {
  json::Json resources = json::Json::array();
  resources.push_back({{"path", "style.css"},
                       {"type", "style"},
                       {"found_in", "index.html"},
                       {"blocks", "render"},
                       {"priority", "u=0"}});
  resources.push_back({{"path", "mosaic.js"}, {"type", "script"}, {"found_in", "index.html"}});
  for (int index = 0; index < tiles; ++index) {
    resources.push_back({{"path", tile_path(index, tiles)},
                         {"type", "image"},
                         {"found_in", "index.html"},
                         {"priority", "i"}});
  }
  const json::Json range = {{"default", default_tiles}, {"min", min_tiles}, {"max", max_tiles}};
  return json::Json{{"page", "mosaic"},
                    {"title", "Mosaic"},
                    {"parameters", {{"tiles", range}}},
                    {"resources", std::move(resources)}}
      .dump();
}

}  // namespace

Result<PageTemplate> parse_mosaic_template(std::string_view text) {
  return PageTemplate::parse("mosaic/index.html", text, {"count", "choices", "tiles"});
}

std::shared_ptr<const MosaicPage> make_mosaic_page(const Picture& picture, const PageTemplate& page,
                                                   int tiles) {
  TileSet set{picture, tiles};
  std::string html = page.fill({{"count", std::to_string(tiles)},
                                {"choices", choices(tiles)},
                                {"tiles", tile_elements(set.layout())}});
  return std::make_shared<const MosaicPage>(
      MosaicPage{std::move(set), made_here("text/html; charset=utf-8", std::move(html)),
                 made_here("application/json", page_json(tiles))});
}

Result<MosaicWish> parse_mosaic_wish(std::string_view query) {
  static constexpr std::array<NumberParameter, 2> parameters{
      {{"tiles", min_tiles, max_tiles, default_tiles}, delay_parameter}};
  const auto numbers = numbers_of(query, parameters);
  if (!numbers.ok()) return numbers.failure();
  const auto [tiles, delay_ms] = numbers.value();
  return MosaicWish{static_cast<int>(tiles), delay_of(delay_ms)};
}

MosaicPages::MosaicPages(const Picture& picture, const PageTemplate& page,
                         std::shared_ptr<const MosaicPage> default_page)
    : picture_(picture), template_(page), default_page_(std::move(default_page)) {
  kept_.reserve(max_kept);
}

const MosaicPage& MosaicPages::page(int tiles) {
  if (tiles == default_page_->tiles.size()) return *default_page_;
  const auto asked = [tiles](const auto& kept) { return kept->tiles.size() == tiles; };
  auto found = std::find_if(kept_.begin(), kept_.end(), asked);
  if (found == kept_.end()) {
    if (kept_.size() == max_kept) kept_.pop_back();
    found = kept_.insert(kept_.end(), make_mosaic_page(picture_, template_, tiles));
  }
  std::rotate(kept_.begin(), found, std::next(found));  // to the front, the others keep their order
  return *kept_.front();
}

}  // namespace muxlab::server::site
