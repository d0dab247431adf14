// Which bytes of a representation a Range field asks for (RFC 9110 section 14). Knows neither the
// content nor the answer's form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muxlab::http {

// Bytes that are there: never empty, never beyond the end.
struct ByteRange {
  std::uint64_t first;
  std::uint64_t last;  // inclusive, as on the wire

  std::uint64_t length() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

struct RangeSelection {
  enum class Kind {
    whole,          // 200: the field is to be ignored
    one,            // 206 with Content-Range
    several,        // 206 as multipart/byteranges
    unsatisfiable,  // 416 with unsatisfied_content_range()
  };
  Kind kind = Kind::whole;
  std::vector<ByteRange> ranges;  // of `one` and `several`: disjoint, not adjacent
};

// A reader of a document asks for a few parts. Above this many the field is ignored and the whole
// is sent (RFC 9110 section 14.2 allows to ignore or to refuse "many small ranges"): every client
// must be ready for a 200, and a 200 costs less than so many parts.
inline constexpr std::size_t max_byte_ranges = 16;

// The value of a Range field, for a representation of that many bytes. Another unit, a malformed
// or backward range and too many ranges make it `whole`. Ranges that overlap or touch become one,
// in the place of the first of them; the others keep their order (RFC 9110 section 15.3.7.2). So no
// byte is sent twice, whatever was asked.
RangeSelection select_ranges(std::string_view field_value, std::uint64_t content_bytes);

// "bytes 42-1233/1234" and, for 416, "bytes */1234" (RFC 9110 section 14.4).
std::string content_range(const ByteRange& range, std::uint64_t content_bytes);
std::string unsatisfied_content_range(std::uint64_t content_bytes);

}  // namespace muxlab::http
