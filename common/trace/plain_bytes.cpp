#include "common/trace/plain_bytes.h"

#include <algorithm>

namespace muxlab::trace {

PlainBytes::PlainBytes(const ConnectionTrace& connection, Direction direction)
    : connection_(connection) {
  std::uint64_t begin = 0;
  for (std::size_t index = 0; index < connection.plaintext.size(); ++index) {
    const Plaintext& plaintext = connection.plaintext[index];
    if (plaintext.direction != direction || plaintext.bytes.empty()) continue;
    pieces_.push_back({begin, begin + plaintext.bytes.size(), index});
    begin = pieces_.back().end;
  }
}

bool PlainBytes::append(std::uint64_t begin, std::uint64_t end, std::string& out) const {
  auto piece = std::partition_point(pieces_.begin(), pieces_.end(),
                                    [&](const Piece& each) { return each.end <= begin; });
  for (; begin < end && piece != pieces_.end(); ++piece) {
    const std::uint64_t count = std::min(piece->end, end) - begin;
    out.append(connection_.plaintext[piece->index].bytes, begin - piece->begin, count);
    begin += count;
  }
  return begin == end;
}

}  // namespace muxlab::trace
