// JSON that others wrote: files, and what clients send. The one place where such text is parsed.
// What is wrong with it is found while it is read, so that nothing grows meanwhile and nothing
// throws; what a value should be is for its reader to say.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muxlab::json {

using Json = nlohmann::ordered_json;

// Far above what any file or call here nests. It bounds what walks a tree by recursion, as the
// library's own dump() and comparison do.
inline constexpr std::size_t max_depth = 64;

// "// to the end of the line", which is no JSON but of use in a file that people write.
enum class Comments { refused, ignored };

// Strict otherwise (RFC 8259): UTF-8, nothing nested deeper than max_depth, no number that nothing
// holds, no two equal names in one object: of these most readers take the last, in silence. A
// failure stands behind the name of the text: "is no JSON: line 2, column 5: ...".
Result<Json> parse(std::string_view text, Comments comments = Comments::refused);

// A value in a message: JSON's own escapes, printable ASCII alone, and only its beginning.
std::string shown(const Json& value);

// What is unknown, or not there, is null.
template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace muxlab::json
