// Parts of shared content as an answer's body: one range as it is, several in their multipart form.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/http/byte_ranges.h"
#include "common/http/multipart_ranges.h"
#include "common/http/response.h"

namespace muxlab::http {

// One range; its length is range.length().
class RangeBody final : public Body {
 public:
  // Needs a range within the content.
  RangeBody(std::shared_ptr<const std::string> content, const ByteRange& range);
  ReadOutcome read(MutableBytes room) override;

 private:
  std::shared_ptr<const std::string> content_;
  std::string_view rest_;
};

// Several ranges; its length is layout.body_bytes.
class RangesBody final : public Body {
 public:
  // Needs ranges within the content.
  RangesBody(std::shared_ptr<const std::string> content, MultipartRanges layout);
  ReadOutcome read(MutableBytes room) override;

 private:
  // A part is two pieces, its head and its range; the ending is the last piece.
  std::size_t piece_count() const { return 2 * layout_.parts.size() + 1; }
  std::string_view piece(std::size_t index) const;

  std::shared_ptr<const std::string> content_;
  MultipartRanges layout_;
  std::size_t piece_ = 0;     // the one being read
  std::size_t position_ = 0;  // within it
};

}  // namespace muxlab::http
