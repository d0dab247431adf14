#include "common/http/entity_tag.h"

#include <algorithm>

#include "common/http/field_text.h"

namespace muxlab::http {
namespace {

// etagc: visible but the quote, and the bytes above ASCII.
bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
}

// Takes one entity-tag off the front. A tag may hold a comma, so a list can't be cut at commas.
std::optional<EntityTag> take_entity_tag(std::string_view& rest) {
  EntityTag tag;
  tag.weak = rest.starts_with("W/");  // the case matters
  if (tag.weak) rest.remove_prefix(2);
  if (!rest.starts_with('"')) return std::nullopt;
  rest.remove_prefix(1);
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_tag_character);
  if (end == rest.end() || *end != '"') return std::nullopt;
  tag.opaque = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(tag.opaque.size() + 1);
  return tag;
}

// One field line's members; empty ones are passed over (RFC 9110 section 5.6.1.2). False when the
// line is malformed or the list grows too long.
bool read_members(std::string_view rest, std::vector<EntityTag>& tags) {
  while (true) {
    while (!rest.empty() && (is_blank(rest.front()) || rest.front() == ',')) rest.remove_prefix(1);
    if (rest.empty()) return true;
    const std::optional<EntityTag> tag = take_entity_tag(rest);
    if (!tag || tags.size() == max_entity_tags) return false;
    tags.push_back(*tag);
    rest = trimmed(rest);
    if (!rest.empty() && rest.front() != ',') return false;
  }
}

}  // namespace

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  const std::optional<EntityTag> tag = take_entity_tag(text);
  return text.empty() ? tag : std::nullopt;
}

std::string entity_tag_text(const EntityTag& tag) {
  std::string text{tag.weak ? "W/\"" : "\""};
  return text.append(tag.opaque).append("\"");
}

bool matches_strongly(const EntityTag& left, const EntityTag& right) {
  return !left.weak && !right.weak && left.opaque == right.opaque;
}

bool matches_weakly(const EntityTag& left, const EntityTag& right) {
  return left.opaque == right.opaque;
}

std::optional<EntityTagList> parse_entity_tags(const Headers& headers, std::string_view name) {
  if (headers.count(name) == 1 && trimmed(*headers.find(name)) == "*") {
    return EntityTagList{.any = true, .tags = {}};
  }
  EntityTagList list;
  for (const Field field : headers) {
    if (field.name == name && !read_members(field.value, list.tags)) return std::nullopt;
  }
  if (list.tags.empty()) return std::nullopt;
  return list;
}

}  // namespace muxlab::http
