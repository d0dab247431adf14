#include "common/http1/field_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/http1/characters.h"
#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

Refusal bad_field_name(std::string_view line, std::size_t name_bytes) {
  if (name_bytes == line.size()) return {400, "A field line has no colon."};
  if (line[name_bytes] == ':') return {400, "A field has no name."};
  if (is_blank(line[name_bytes])) return {400, "White space stands before a field's colon."};
  return {400, "A field name holds a character that no name may hold."};
}

}  // namespace

// field-name ":" OWS field-value OWS.
std::optional<Refusal> read_field_line(std::string_view line, http::Headers& headers) {
  if (headers.size() == max_fields) return http::many_fields;
  if (is_blank(line.front())) {
    return Refusal{400, "A field line begins with white space: line folding is obsolete."};
  }
  std::array<char, max_field_name_bytes> buffer;
  const std::size_t most_name_bytes = std::min(line.size(), buffer.size());
  std::size_t name_bytes = 0;
  for (char c = 0; name_bytes < most_name_bytes; ++name_bytes) {
    c = lowered_token_character(line[name_bytes]);
    if (c == 0) break;
    buffer[name_bytes] = c;
  }
  if (name_bytes == buffer.size() && name_bytes < line.size() &&
      lowered_token_character(line[name_bytes]) != 0) {
    return http::long_field_name;
  }
  if (name_bytes == 0 || name_bytes == line.size() || line[name_bytes] != ':') {
    return bad_field_name(line, name_bytes);
  }
  const std::string_view name{buffer.data(), name_bytes};
  // A recipient that takes "chunked" or "5" with HTAB for another word would see another message.
  const bool frames = name == "transfer-encoding" || name == "content-length";
  if (frames && line.find('\t') != std::string_view::npos) {
    return Refusal{400, "Transfer-Encoding or Content-Length holds a horizontal tab."};
  }
  headers.add(name, trimmed(line.substr(name_bytes + 1)));
  return std::nullopt;
}

}  // namespace muxlab::http1
