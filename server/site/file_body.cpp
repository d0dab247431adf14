#include "server/site/file_body.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace muxlab::server::site {
namespace {

// The bytes read, at least one; 0 when there are none to be had.
std::size_t read_at(const Descriptor& file, std::uint64_t offset, MutableBytes room) {
  ssize_t count = 0;
  do {
    count = ::pread(file.number(), room.data(), room.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

MutableBytes at_most(MutableBytes room, std::uint64_t bytes) {
  return room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), bytes)));
}

}  // namespace

http::ReadOutcome FileBody::read(MutableBytes room) {
  using Kind = http::ReadOutcome::Kind;
  const std::size_t count = read_at(descriptor_, next_, at_most(room, end_ - next_));
  if (count == 0) return {Kind::failed};
  next_ += count;
  return {next_ == end_ ? Kind::end : Kind::some, count};
}

http::ReadOutcome FileRangesBody::read(MutableBytes room) {
  using Kind = http::ReadOutcome::Kind;
  const std::size_t part = piece_ / 2;
  if (part == layout_.parts.size()) return read_text(layout_.ending, room);
  if (piece_ % 2 == 0) return read_text(layout_.parts[part].head, room);

  const http::ByteRange& range = layout_.parts[part].range;
  const std::uint64_t rest = range.length() - position_;
  const std::size_t count = read_at(descriptor_, range.first + position_, at_most(room, rest));
  if (count == 0) return {Kind::failed};
  position_ += count;
  if (count == rest) next_piece();
  return {Kind::some, count};
}

http::ReadOutcome FileRangesBody::read_text(std::string_view text, MutableBytes room) {
  using Kind = http::ReadOutcome::Kind;
  const Bytes rest = bytes_of(text).subspan(static_cast<std::size_t>(position_));
  const std::size_t count = std::min(rest.size(), room.size());
  std::copy_n(rest.begin(), count, room.begin());
  position_ += count;
  if (count < rest.size()) return {Kind::some, count};
  const bool was_last = piece_ == 2 * layout_.parts.size();
  if (!was_last) next_piece();
  return {was_last ? Kind::end : Kind::some, count};
}

void FileRangesBody::next_piece() {
  ++piece_;
  position_ = 0;
}

}  // namespace muxlab::server::site
