// The query of an address as forms write it: "tiles=256&delay_ms=100". Views into the text that is
// read; nothing is unescaped.
#pragma once

#include <algorithm>
#include <string_view>

namespace muxlab::http {

struct QueryPair {
  std::string_view name;
  std::string_view value;  // empty, too, where there is no "="
};

// Takes the first pair off a query that is not empty.
inline QueryPair take_pair(std::string_view& query) {
  const std::string_view text = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(text.size() + 1, query.size()));
  const std::size_t equals = std::min(text.find('='), text.size());
  return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
}

}  // namespace muxlab::http
