// site.json, in the root of a site: what the files themselves don't say. For each path, what is to
// be pushed and hinted with it, and fields to add to its answers.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/http/response.h"

namespace muxlab::server::site {

class SiteDescription {
 public:
  // More would delay a page more than it could help.
  static constexpr std::size_t max_companions = 100;
  static constexpr std::size_t max_fields = 20;

  struct Path {
    std::shared_ptr<const http::Companions> companions;  // null when there are none
    http::Headers headers;
  };

  // `file` names it in what is said about a mistake: file, key, cure. Relative paths to push are
  // those of the page that names them.
  static Result<SiteDescription> parse(const std::string& file, std::string_view text);

  // By the path of a request without its run prefix; null when nothing is said of it.
  const Path* find(std::string_view path) const;

 private:
  std::map<std::string, Path, std::less<>> paths_;
};

// For a page that stands under a run's prefix: what belongs to it does, too. Null gives null.
std::shared_ptr<const http::Companions> under_prefix(
    const std::shared_ptr<const http::Companions>& companions, std::string_view prefix);

}  // namespace muxlab::server::site
