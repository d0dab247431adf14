// The form of an answer with several ranges: multipart/byteranges (RFC 9110 section 14.6). Lays out
// what stands between the ranges, so that the length is known before the first byte is sent.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/byte_ranges.h"

namespace muxlab::http {

// A boundary that does not occur in the content: "muxlab-range-00000000", or the next number that
// is free. The same content gives the same boundary, and who foresees it gains nothing: content
// written to imitate it gets another one. One pass over the content; keep the result beside it.
std::string multipart_boundary(std::string_view content);

struct MultipartRanges {
  struct Part {
    std::string head;  // delimiter and fields, up to the first byte of the range
    ByteRange range;
  };
  std::vector<Part> parts;
  std::string ending;            // the closing delimiter
  std::string content_type;      // of the answer, names the boundary
  std::uint64_t body_bytes = 0;  // heads, ranges and ending: the answer's exact length
};

// Needs ranges within the content, and a boundary that does not occur in it.
MultipartRanges lay_out_ranges(std::span<const ByteRange> ranges, std::uint64_t content_bytes,
                               std::string_view content_type, std::string_view boundary);

}  // namespace muxlab::http
