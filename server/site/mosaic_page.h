// The demo page mosaic for one number of tiles: its HTML, its page.json and its tiles, made whole
// at once. And the few of them that a worker keeps.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/site/mosaic.h"
#include "server/site/page_template.h"
#include "server/site/query.h"
#include "server/site/representation.h"

namespace muxlab::server::site {

struct MosaicPage {
  TileSet tiles;
  Representation html;
  Representation page_json;
};

Result<PageTemplate> parse_mosaic_template(std::string_view text);

std::shared_ptr<const MosaicPage> make_mosaic_page(const Picture& picture, const PageTemplate& page,
                                                   int tiles);

struct MosaicWish {
  int tiles;
  Duration delay;
};

// What a query asks for, "tiles=256&delay_ms=100"; the default when it is empty. A failure is a
// sentence for the visitor that names the parameters and their ranges.
Result<MosaicWish> parse_mosaic_wish(std::string_view query);

// One worker's pages: the default one, which all workers share, and the few others asked for last.
class MosaicPages {
 public:
  // More than the page itself offers; a page with its tiles is about 1 MB.
  static constexpr std::size_t max_kept = 8;

  // The picture and the template must outlive this.
  MosaicPages(const Picture& picture, const PageTemplate& page,
              std::shared_ptr<const MosaicPage> default_page);

  // Needs a number in range. Valid until the next call.
  const MosaicPage& page(int tiles);

  std::size_t kept() const { return kept_.size(); }

 private:
  const Picture& picture_;
  const PageTemplate& template_;
  std::shared_ptr<const MosaicPage> default_page_;
  std::vector<std::shared_ptr<const MosaicPage>> kept_;  // the last one asked for comes first
};

}  // namespace muxlab::server::site
