#include "common/http/multipart_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace muxlab::http {
namespace {

constexpr std::string_view boundary_beginning = "muxlab-range-";
constexpr std::size_t number_digits =
    8;  // hexadecimal: far more numbers than a content has room for

// The number in lower case hexadecimal that a text begins with, if it is all there.
std::optional<std::uint32_t> leading_number(std::string_view text) {
  if (text.size() < number_digits) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : text.substr(0, number_digits)) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    number = number * 16 + static_cast<std::uint32_t>(value);
  }
  return number;
}

// The numbers of all boundaries that occur in the content, in order.
std::vector<std::uint32_t> taken_numbers(std::string_view content) {
  std::vector<std::uint32_t> taken;
  std::size_t at = content.find(boundary_beginning);
  while (at != std::string_view::npos) {
    const std::size_t behind = at + boundary_beginning.size();
    if (const auto number = leading_number(content.substr(behind))) taken.push_back(*number);
    at = content.find(boundary_beginning, behind);
  }
  std::sort(taken.begin(), taken.end());
  return taken;
}

}  // namespace

std::string multipart_boundary(std::string_view content) {
  std::uint32_t free_number = 0;
  for (const std::uint32_t number : taken_numbers(content)) {
    if (number == free_number) ++free_number;
    if (number > free_number) break;
  }
  return fmt::format("{}{:0{}x}", boundary_beginning, free_number, number_digits);
}

MultipartRanges lay_out_ranges(std::span<const ByteRange> ranges, std::uint64_t content_bytes,
                               std::string_view content_type, std::string_view boundary) {
  MultipartRanges layout;
  layout.content_type = fmt::format("multipart/byteranges; boundary={}", boundary);
  layout.ending = fmt::format("\r\n--{}--\r\n", boundary);
  layout.body_bytes = layout.ending.size();
  for (const ByteRange& range : ranges) {
    // The line end before a delimiter belongs to it (RFC 2046 section 5.1.1); the first needs none.
    const std::string_view line_end = layout.parts.empty() ? "" : "\r\n";
    std::string head =
        fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", line_end, boundary,
                    content_type, content_range(range, content_bytes));
    layout.body_bytes += head.size() + range.length();
    layout.parts.push_back({std::move(head), range});
  }
  return layout;
}

}  // namespace muxlab::http
