#include "common/trace/plain_bytes.h"

#include <algorithm>

namespace muxlab::trace {

PlainBytes::PlainBytes(const ConnectionTrace& connection, Direction direction)
    : connection_(connection), end_(connection.plain_begin(direction)) {
  std::size_t index = 0;
  for (const Plaintext& each : connection.plaintext) add(each, direction, index++);
}

PlainBytes::PlainBytes(const ConnectionTrace& connection, Direction direction,
                       const std::vector<Plaintext>& made_up)
    : connection_(connection), made_up_(&made_up) {
  std::size_t index = 0;
  for (const Plaintext& each : made_up) add(each, direction, index++);
  made_up_end_ = end_;
  for (const Plaintext& each : connection.plaintext) add(each, direction, index++);
}

void PlainBytes::add(const Plaintext& plaintext, Direction direction, std::size_t index) {
  if (plaintext.direction != direction || plaintext.bytes.empty()) return;
  pieces_.push_back({end_, end_ + plaintext.bytes.size(), index});
  end_ = pieces_.back().end;
}

const Plaintext& PlainBytes::plaintext(const Piece& piece) const {
  const std::size_t made_up = made_up_ == nullptr ? 0 : made_up_->size();
  return piece.index < made_up ? (*made_up_)[piece.index]
                               : connection_.plaintext[piece.index - made_up];
}

bool PlainBytes::append(std::uint64_t begin, std::uint64_t end, std::string& out) const {
  auto piece = std::partition_point(pieces_.begin(), pieces_.end(),
                                    [&](const Piece& each) { return each.end <= begin; });
  for (; begin < end && piece != pieces_.end(); ++piece) {
    const std::uint64_t count = std::min(piece->end, end) - begin;
    out.append(plaintext(*piece).bytes, begin - piece->begin, count);
    begin += count;
  }
  return begin == end;
}

}  // namespace muxlab::trace
