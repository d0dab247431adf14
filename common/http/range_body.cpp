#include "common/http/range_body.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace muxlab::http {
namespace {

std::string_view view_of(std::string_view content, const ByteRange& range) {
  assert(range.first <= range.last && range.last < content.size());
  return content.substr(range.first, range.length());
}

}  // namespace

RangeBody::RangeBody(std::shared_ptr<const std::string> content, const ByteRange& range)
    : content_(std::move(content)), rest_(view_of(*content_, range)) {}

ReadOutcome RangeBody::read(MutableBytes room) {
  const std::size_t count = std::min(rest_.size(), room.size());
  std::copy_n(rest_.begin(), count, room.begin());
  rest_.remove_prefix(count);
  return {rest_.empty() ? ReadOutcome::Kind::end : ReadOutcome::Kind::some, count};
}

RangesBody::RangesBody(std::shared_ptr<const std::string> content, MultipartRanges layout)
    : content_(std::move(content)), layout_(std::move(layout)) {}

std::string_view RangesBody::piece(std::size_t index) const {
  if (index == 2 * layout_.parts.size()) return layout_.ending;
  const MultipartRanges::Part& part = layout_.parts[index / 2];
  return index % 2 == 0 ? std::string_view{part.head} : view_of(*content_, part.range);
}

ReadOutcome RangesBody::read(MutableBytes room) {
  std::size_t written = 0;
  while (piece_ < piece_count() && written < room.size()) {
    const std::string_view rest = piece(piece_).substr(position_);
    const std::size_t count = std::min(rest.size(), room.size() - written);
    std::copy_n(rest.begin(), count, room.begin() + static_cast<std::ptrdiff_t>(written));
    written += count;
    position_ += count;
    if (count == rest.size()) {
      ++piece_;
      position_ = 0;
    }
  }
  return {piece_ == piece_count() ? ReadOutcome::Kind::end : ReadOutcome::Kind::some, written};
}

}  // namespace muxlab::http
