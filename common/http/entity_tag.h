// Entity-tags: the names of a representation's versions (RFC 9110 section 8.8.3). Views into the
// text they were read from; knows nothing of requests or answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/headers.h"

namespace muxlab::http {

// W/"v1" is {"v1", weak}. Lives as long as the text it views.
struct EntityTag {
  std::string_view opaque;  // what stands between the quotes
  bool weak = false;
};

// Exactly one entity-tag with nothing around it; none when it is malformed.
std::optional<EntityTag> parse_entity_tag(std::string_view text);

// As it stands in an ETag field: W/"v1". Needs an opaque part of visible characters without quotes.
std::string entity_tag_text(const EntityTag& tag);

// RFC 9110 section 8.8.3.2: both strong and equal; equal, weak or not.
bool matches_strongly(const EntityTag& left, const EntityTag& right);
bool matches_weakly(const EntityTag& left, const EntityTag& right);

// If-Match and If-None-Match: "*" or a list.
struct EntityTagList {
  bool any = false;  // "*": whatever there is
  std::vector<EntityTag> tags;
};

// A cache sends a tag for each version it holds of a page: a handful. 64 is far above that, and
// few enough that looking through them costs nothing.
inline constexpr std::size_t max_entity_tags = 64;

// Reads all fields of that name as one list (RFC 9110 section 5.3). None when the list is
// malformed, empty or has more than max_entity_tags. Lives as long as the headers.
std::optional<EntityTagList> parse_entity_tags(const Headers& headers, std::string_view name);

}  // namespace muxlab::http
