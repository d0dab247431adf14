// /objects/K?bytes=B&delay_ms=D: an answer of any size after any thinking time. And the page that
// asks for many of them. Knows nothing of the rest of the site.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "common/http/response.h"
#include "server/site/page_template.h"
#include "server/site/query.h"
#include "server/site/representation.h"

namespace muxlab::server::site {

// Large enough that a fast line is busy for seconds; it takes no memory, so nothing speaks against
// more but the line.
inline constexpr NumberParameter object_bytes_parameter{"bytes", 0, 64u << 20, 1024};

// As many requests as a page that makes too many would make.
inline constexpr NumberParameter object_count_parameter{"count", 1, 1000, 100};

// A name of letters, digits and -._~, at most 64 of them: what an address needs no escape for.
bool is_object_name(std::string_view name);

// Bytes that look like noise, made as they are read: the same name gives the same ones. A failure
// is a sentence for the visitor.
Result<http::Response> respond_with_object(std::string_view name, std::string_view query);

struct ObjectsWish {
  std::uint64_t count;
  std::uint64_t bytes;
  std::uint64_t delay_ms;
};

// What a query asks the page for, "count=100&bytes=1024&delay_ms=0", each with a default.
Result<ObjectsWish> parse_objects_wish(std::string_view query);

Result<PageTemplate> parse_objects_template(std::string_view text);
Representation make_objects_html(const PageTemplate& page, const ObjectsWish& wish);
Representation make_objects_json(const ObjectsWish& wish);

}  // namespace muxlab::server::site
