// The same bytes, cut into pieces in every way a network might.
#pragma once

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

namespace muxlab::test {

using Pieces = std::vector<std::string_view>;

inline Pieces whole(std::string_view text) {
  return {text};
}

inline Pieces byte_by_byte(std::string_view text) {
  Pieces pieces;
  for (std::size_t at = 0; at < text.size(); ++at) pieces.push_back(text.substr(at, 1));
  return pieces;
}

inline Pieces cut_at_random(std::string_view text, std::mt19937& random) {
  Pieces pieces;
  while (!text.empty()) {
    // Small and large pieces are equally likely, whatever the text's length.
    const std::size_t most = std::size_t{1} << (random() % 12);
    const std::size_t count = std::min<std::size_t>(1 + random() % most, text.size());
    pieces.push_back(text.substr(0, count));
    text.remove_prefix(count);
  }
  return pieces;
}

}  // namespace muxlab::test
