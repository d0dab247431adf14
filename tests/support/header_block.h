// Header blocks written by hand: literals without indexing and without Huffman coding.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace muxlab::test {

// Names and values of less than 127 bytes.
inline std::string header_block(
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\0';
    for (const std::string_view text : {name, value}) {
      block += static_cast<char>(text.size());
      block += text;
    }
  }
  return block;
}

inline std::string get(std::string_view path) {
  return header_block({{":method", "GET"}, {":path", path}});
}

}  // namespace muxlab::test
