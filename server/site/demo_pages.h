// What the built-in site has beyond its files: the pages that are made, and what they are made of.
// Immutable, shared by all workers.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "server/site/files.h"
#include "server/site/mosaic_page.h"
#include "server/site/page_json.h"
#include "server/site/page_template.h"
#include "server/site/picture.h"

namespace muxlab::server::site {

struct DemoPages {
  std::shared_ptr<const File> mosaic_file;  // of the template below
  std::shared_ptr<const Picture> picture;
  PageTemplate mosaic;  // mosaic/index.html
  std::shared_ptr<const MosaicPage> default_mosaic;
  PageTemplate objects;           // objects/index.html
  PageDescriptions descriptions;  // of both, with their usual parameters
};

// Takes the templates out of the files. Paints the picture and cuts the default tiles, in some
// 100 ms, unless `previous` has them already; it may be null. Fails, naming the file, when a
// template is missing or lacks a place.
Result<std::shared_ptr<const DemoPages>> make_demo_pages(Files& files, const DemoPages* previous);

}  // namespace muxlab::server::site
