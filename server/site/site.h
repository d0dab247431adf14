// The site that is served both ways: the index, the demo pages and their files.
// One per worker; owns that worker's kept pages, shares everything else. Knows nothing of
// connections, and answers HTTP/1.1 and HTTP/2 alike: that is the point of it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "common/base/result.h"
#include "common/http/handler.h"
#include "server/site/files.h"
#include "server/site/mosaic_page.h"
#include "server/site/page_template.h"
#include "server/site/picture.h"

namespace muxlab::server::site {

// What all workers share, unchanging.
struct SiteContent {
  Files files;
  Picture picture;
  PageTemplate mosaic;   // mosaic/index.html
  PageTemplate problem;  // problem.html, for every answer that says what is wrong
  std::shared_ptr<const MosaicPage> default_page;
};

// Reads the folder, paints the picture and cuts the default tiles, in some 100 ms. A failure is a
// line that ends the start.
Result<std::shared_ptr<const SiteContent>> load_site(const std::filesystem::path& folder);

class Site final : public http::Handler {
 public:
  explicit Site(std::shared_ptr<const SiteContent> content);

  void answer(const http::Request& request, http::Responder& responder) override;

 private:
  http::Response get(std::string_view path, std::string_view query);

  // What stands below /mosaic/ and is made, not read; none when `name` is not of that.
  std::optional<http::Response> get_mosaic(std::string_view name, std::string_view query);
  http::Response get_tile(std::string_view name, const MosaicPage& page) const;
  http::Response get_file(std::string_view path, std::string_view query) const;
  http::Response problem(int status, std::string_view sentence) const;

  std::shared_ptr<const SiteContent> content_;
  MosaicPages mosaic_pages_;
};

}  // namespace muxlab::server::site
