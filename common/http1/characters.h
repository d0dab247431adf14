// The character classes of HTTP/1.1, as tables built at compile time, and the one fast search that
// a head's bytes go through.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/bytes.h"
#include "common/http/field_text.h"

namespace muxlab::http1 {

using http::equals_ignoring_case;
using http::is_blank;
using http::is_digit;
using http::is_visible;
using http::lowered;
using http::trimmed;

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lowered(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

using CharacterTable = std::array<char, 256>;

template <typename Entry>
constexpr CharacterTable character_table(Entry entry) {
  CharacterTable table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = entry(static_cast<char>(static_cast<unsigned char>(byte)));
  }
  return table;
}

// A character of a token in lower case; 0 for what no token holds (RFC 9110 section 5.6.2).
inline constexpr CharacterTable token_table = character_table([](char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const bool allowed = is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
  return allowed ? lowered(c) : '\0';
});

constexpr char lowered_token_character(char c) {
  return token_table[static_cast<unsigned char>(c)];
}

// CTL but HTAB: allowed nowhere in a head but as the CRLF that ends a line (RFC 9110 section 5.5).
constexpr bool is_control(std::uint8_t byte) {
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

// Marks, by the high bit of each of eight bytes, those below 0x20 and those that are 0x7f. The
// lowest mark is right; one above it may be a false alarm.
constexpr std::uint64_t control_marks(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  const std::uint64_t below_space = (word - ones * 0x20) & ~word;
  const std::uint64_t from_delete = word ^ (ones * 0x7f);
  const std::uint64_t is_delete = (from_delete - ones) & ~from_delete;
  return (below_space | is_delete) & high_bits;
}

// Where the first control byte at or behind `from` is; bytes.size() when there is none. All of a
// head goes through here, eight bytes at once.
inline std::size_t first_control(Bytes bytes, std::size_t from) {
  std::size_t at = from;
  while (at + sizeof(std::uint64_t) <= bytes.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    const std::uint64_t marks = control_marks(word);
    if (marks == 0) {
      at += sizeof word;
      continue;
    }
    if constexpr (std::endian::native == std::endian::little) {
      at += static_cast<std::size_t>(std::countr_zero(marks)) / 8;
    }
    if (is_control(bytes[at])) return at;
    ++at;  // HTAB, or an order of bytes in which the first mark is not the lowest
  }
  while (at < bytes.size() && !is_control(bytes[at])) ++at;
  return at;
}

}  // namespace muxlab::http1
