// page.json, beside a page: what it is called, which parameters it takes, what it loads. For those
// who run the page; the site itself serves the file as any other.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/json/json.h"

namespace muxlab::server::site {

// More than a page can sensibly load; the demo pages list up to 1,029.
inline constexpr std::size_t max_page_resources = 4096;
inline constexpr std::size_t max_page_parameters = 64;

// {"page": "mosaic", "title": "Mosaic",
//  "parameters": {"tiles": {"default": 100, "min": 16, "max": 1024}},
//  "resources": [{"path": "style.css", "type": "style", "found_in": "index.html",
//                 "blocks": "render", "priority": "u=0"}]}
//
// Gives it with all four members, those that were left out filled in; only "page" must be there,
// and it is `folder`, where the page stands: "mosaic" of "/mosaic/page.json". A failure is a
// sentence that names the member and what it must be.
Result<json::Json> read_page_json(std::string_view text, std::string_view folder);

// Of all pages of a site. Immutable, so all workers share them.
using PageDescriptions = std::vector<std::shared_ptr<const json::Json>>;

}  // namespace muxlab::server::site
