// Which of the known words a person meant who wrote another one.
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muxlab {

// Letters to insert, remove or replace (Levenshtein's distance).
inline std::size_t distance_between(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

// None when none is near: a third of the letters may differ, or one is the other's beginning.
inline std::optional<std::string> nearest_word(std::string_view given,
                                               const std::vector<std::string>& known) {
  constexpr std::size_t longest = 64;  // nobody means a known word by a longer one
  std::optional<std::string> nearest;
  std::size_t least = given.size() / 3 + 1;
  if (given.empty() || given.size() > longest) return nearest;
  for (const std::string& word : known) {
    if (word.starts_with(given) || given.starts_with(word)) return word;
    const std::size_t distance = distance_between(given, word);
    if (distance > least || (nearest && distance == least)) continue;
    least = distance;
    nearest = word;
  }
  return nearest;
}

}  // namespace muxlab
