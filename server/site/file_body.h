// Content read from an open file as it is sent: all of it, a range, or several in their multipart
// form. Owns the descriptor, so a file that is replaced meanwhile is sent as it was.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/http/byte_ranges.h"
#include "common/http/multipart_ranges.h"
#include "common/http/response.h"
#include "server/site/descriptor.h"

namespace muxlab::server::site {

// A file that has become shorter fails the body: what was promised can't be had.
class FileBody final : public http::Body {
 public:
  // Needs a range within the file.
  FileBody(Descriptor descriptor, const http::ByteRange& range)
      : descriptor_(std::move(descriptor)), next_(range.first), end_(range.last + 1) {}
  http::ReadOutcome read(MutableBytes room) override;

 private:
  Descriptor descriptor_;
  std::uint64_t next_;
  std::uint64_t end_;
};

class FileRangesBody final : public http::Body {
 public:
  // Needs ranges within the file.
  FileRangesBody(Descriptor descriptor, http::MultipartRanges layout)
      : descriptor_(std::move(descriptor)), layout_(std::move(layout)) {}
  http::ReadOutcome read(MutableBytes room) override;

 private:
  http::ReadOutcome read_text(std::string_view text, MutableBytes room);
  void next_piece();

  // A part is two pieces, its head and its range; the ending is the last piece.
  Descriptor descriptor_;
  http::MultipartRanges layout_;
  std::size_t piece_ = 0;       // the one being read
  std::uint64_t position_ = 0;  // within it
};

}  // namespace muxlab::server::site
