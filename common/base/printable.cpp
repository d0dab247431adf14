#include "common/base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace muxlab {
namespace {

// How many bytes a character takes that begins with this one (RFC 3629 section 3); 0: none does.
std::size_t bytes_of_character(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

// The character at the beginning of `text`; empty when none begins there, or it is a control.
// Overlong forms and surrogates pass: a terminal shows them as what they are, garbage.
std::string_view visible_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t bytes = bytes_of_character(byte(0));
  if (bytes == 0 || bytes > text.size()) return {};
  if (byte(0) < 0x20 || byte(0) == 0x7f) return {};
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return {};
  const auto continues = [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80; };
  const std::string_view rest = text.substr(1, bytes - 1);
  return std::all_of(rest.begin(), rest.end(), continues) ? text.substr(0, bytes)
                                                          : std::string_view{};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::string_view character = visible_character(text);
    shown += character;
    if (character.empty()) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<std::uint8_t>(text[0]));
    }
    text.remove_prefix(std::max<std::size_t>(character.size(), 1));
  }
  return shown;
}

}  // namespace muxlab
