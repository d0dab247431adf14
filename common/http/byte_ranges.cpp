#include "common/http/byte_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "common/http/field_text.h"

namespace muxlab::http {
namespace {

// One range-spec as it was written: "first-last", "first-" or "-suffix".
struct AskedRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  // without `first`: how many bytes from the end
};

// A number too large to hold is as good as the largest one: no content is that long.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (largest - digit) / 10) return largest;
    number = number * 10 + digit;
  }
  return number;
}

// None when it is malformed, or ends before it begins (RFC 9110 section 14.1.1).
std::optional<AskedRange> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, dash);
  const std::string_view behind = text.substr(dash + 1);
  const AskedRange asked{parse_position(before), parse_position(behind)};
  if (!asked.first && !before.empty()) return std::nullopt;
  if (!asked.last && !(behind.empty() && asked.first)) return std::nullopt;
  if (asked.first && asked.last && *asked.last < *asked.first) return std::nullopt;
  return asked;
}

// None when the field is to be ignored: another unit, malformed, too many.
std::optional<std::vector<AskedRange>> parse_ranges(std::string_view value) {
  value = trimmed(value);
  const std::size_t equals = value.find('=');
  // A unit's case does not matter (RFC 9110 section 14.1).
  if (equals == std::string_view::npos || !equals_ignoring_case(value.substr(0, equals), "bytes")) {
    return std::nullopt;
  }
  std::vector<AskedRange> ranges;
  std::string_view rest = value.substr(equals + 1);
  while (!rest.empty()) {
    const std::string_view member = take_member(rest, ',');
    if (member.empty()) continue;  // RFC 9110 section 5.6.1.2
    const std::optional<AskedRange> range = parse_range(member);
    if (!range || ranges.size() == max_byte_ranges) return std::nullopt;
    ranges.push_back(*range);
  }
  if (ranges.empty()) return std::nullopt;
  return ranges;
}

// None when no byte of it is there (RFC 9110 section 14.1.2). Needs content_bytes > 0.
std::optional<ByteRange> resolve(const AskedRange& asked, std::uint64_t content_bytes) {
  const std::uint64_t end = content_bytes - 1;
  if (asked.first) {
    if (*asked.first > end) return std::nullopt;
    return ByteRange{*asked.first, std::min(asked.last.value_or(end), end)};
  }
  if (*asked.last == 0) return std::nullopt;
  return ByteRange{content_bytes - std::min(*asked.last, content_bytes), end};
}

// A range that knows at which place it was asked for.
struct PlacedRange {
  ByteRange range;
  std::size_t place;
};

std::vector<ByteRange> merged(std::vector<PlacedRange> asked) {
  std::sort(asked.begin(), asked.end(), [](const PlacedRange& left, const PlacedRange& right) {
    return left.range.first < right.range.first;
  });
  std::vector<PlacedRange> apart;
  for (const PlacedRange& next : asked) {
    // Not `last + 1`: the difference can't overflow.
    const bool touches = !apart.empty() && (next.range.first <= apart.back().range.last ||
                                            next.range.first - apart.back().range.last == 1);
    if (!touches) {
      apart.push_back(next);
      continue;
    }
    apart.back().range.last = std::max(apart.back().range.last, next.range.last);
    apart.back().place = std::min(apart.back().place, next.place);
  }
  std::sort(apart.begin(), apart.end(), [](const PlacedRange& left, const PlacedRange& right) {
    return left.place < right.place;
  });
  std::vector<ByteRange> ranges;
  for (const PlacedRange& placed : apart) ranges.push_back(placed.range);
  return ranges;
}

// Of nothing only the end can be asked for, and that is the whole: no Content-Range could say it.
RangeSelection select_from_nothing(const std::vector<AskedRange>& asked) {
  const bool satisfiable = std::any_of(asked.begin(), asked.end(), [](const AskedRange& range) {
    return !range.first && *range.last > 0;
  });
  return {satisfiable ? RangeSelection::Kind::whole : RangeSelection::Kind::unsatisfiable, {}};
}

}  // namespace

RangeSelection select_ranges(std::string_view field_value, std::uint64_t content_bytes) {
  const std::optional<std::vector<AskedRange>> asked = parse_ranges(field_value);
  if (!asked) return {};
  if (content_bytes == 0) return select_from_nothing(*asked);

  std::vector<PlacedRange> present;
  for (const AskedRange& range : *asked) {
    const std::optional<ByteRange> resolved = resolve(range, content_bytes);
    if (resolved) present.push_back({*resolved, present.size()});
  }
  if (present.empty()) return {RangeSelection::Kind::unsatisfiable, {}};
  std::vector<ByteRange> ranges = merged(std::move(present));
  const auto kind = ranges.size() == 1 ? RangeSelection::Kind::one : RangeSelection::Kind::several;
  return {kind, std::move(ranges)};
}

std::string content_range(const ByteRange& range, std::uint64_t content_bytes) {
  return fmt::format("bytes {}-{}/{}", range.first, range.last, content_bytes);
}

std::string unsatisfied_content_range(std::uint64_t content_bytes) {
  return fmt::format("bytes */{}", content_bytes);
}

}  // namespace muxlab::http
