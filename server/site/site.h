// The site that is served both ways: files, and the demo pages that are made. One per worker; owns
// that worker's kept pages, shares everything else. Knows nothing of connections, and answers
// HTTP/1.1 and HTTP/2 alike: that is the point of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/handler.h"
#include "server/site/mosaic_page.h"
#include "server/site/site_content.h"
#include "server/site/site_path.h"

namespace muxlab::server::site {

class Site final : public http::Handler {
 public:
  explicit Site(std::shared_ptr<const SiteContent> content);

  void answer(const http::Request& request, http::Responder& responder) override;

  const PageDescriptions& pages() const { return content_->pages; }

  // From now on. Call in the thread that asks: answers under way keep what they send.
  void replace(std::shared_ptr<const SiteContent> content);

  // From now on the health check says that this server ends. In the thread that asks, too.
  void begin_drain() { draining_ = true; }

 private:
  // Without the prefix of a run, unless the site itself has something there.
  RunPath split(std::string_view path) const;
  // `path` is decoded and without its run prefix.
  http::Response get(const http::Request& request, std::string_view path);
  // What is made, not read, below /mosaic/ and /objects/; none when `name` is not of that.
  std::optional<http::Response> get_mosaic(std::string_view name, std::string_view query);
  std::optional<http::Response> get_objects(std::string_view name, std::string_view query) const;
  http::Response get_tile(std::string_view name, const MosaicPage& page) const;
  http::Response get_file(const http::Request& request, const File& file) const;
  http::Response get_nothing(const http::Request& request, std::string_view path) const;
  bool is_health_check(std::string_view path, std::string_view prefix) const;

  // What site.json says of the path.
  void describe(http::Response& response, std::string_view path, std::string_view prefix) const;

  http::Response refuse_method(std::string_view method, std::string_view allowed) const;
  http::Response problem(int status, std::string_view sentence) const;

  std::shared_ptr<const SiteContent> content_;
  std::optional<MosaicPages> mosaic_pages_;  // none where there are no demo pages
  bool draining_ = false;
};

}  // namespace muxlab::server::site
