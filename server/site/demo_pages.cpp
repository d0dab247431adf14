#include "server/site/demo_pages.h"

#include <utility>

#include "server/site/objects.h"

namespace muxlab::server::site {
namespace {

PageDescriptions descriptions_of(const MosaicPage& mosaic) {
  PageDescriptions both;
  for (const auto& text :
       {mosaic.page_json.content, make_objects_json(parse_objects_wish({}).value()).content}) {
    both.push_back(std::make_shared<const json::Json>(json::parse(*text).value()));
  }
  return both;
}

}  // namespace

Result<std::shared_ptr<const DemoPages>> make_demo_pages(Files& files, const DemoPages* previous) {
  std::shared_ptr<const File> mosaic_file = files.take("/mosaic/index.html");
  const std::shared_ptr<const File> objects_file = files.take("/objects/index.html");
  for (const auto& file : {mosaic_file, objects_file}) {
    if (file && file->is_cached()) continue;
    return Failure{
        "the folder of the demo pages lacks mosaic/index.html or objects/index.html: is it "
        "muxlab's own?"};
  }
  Result<PageTemplate> objects = parse_objects_template(*objects_file->identity.whole.content);
  if (!objects.ok()) return objects.failure();
  if (previous != nullptr && previous->mosaic_file == mosaic_file) {
    return std::make_shared<const DemoPages>(
        DemoPages{std::move(mosaic_file), previous->picture, previous->mosaic,
                  previous->default_mosaic, std::move(objects.value()), previous->descriptions});
  }
  Result<PageTemplate> mosaic = parse_mosaic_template(*mosaic_file->identity.whole.content);
  if (!mosaic.ok()) return mosaic.failure();
  auto picture =
      previous != nullptr ? previous->picture : std::make_shared<const Picture>(paint_picture());
  auto default_mosaic = make_mosaic_page(*picture, mosaic.value(), default_tiles);
  PageDescriptions descriptions = descriptions_of(*default_mosaic);
  return std::make_shared<const DemoPages>(
      DemoPages{std::move(mosaic_file), std::move(picture), std::move(mosaic.value()),
                std::move(default_mosaic), std::move(objects.value()), std::move(descriptions)});
}

}  // namespace muxlab::server::site
