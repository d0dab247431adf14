#include "common/tls/plain_channel.h"

#include <algorithm>
#include <utility>

namespace muxlab::tls {

Result<std::size_t> PlainChannel::open(ByteQueue& wire, MutableBytes room, ByteQueue&) {
  std::size_t opened = 0;
  while (!wire.empty() && opened < room.size()) {
    const Bytes piece = wire.front();
    const std::size_t count = std::min(piece.size(), room.size() - opened);
    std::copy_n(piece.begin(), count, room.begin() + static_cast<std::ptrdiff_t>(opened));
    wire.consume(count);
    opened += count;
  }
  return opened;
}

Status PlainChannel::seal(ByteQueue& plaintext, ByteQueue& wire_out, std::size_t) {
  if (wire_out.empty()) {
    wire_out = std::move(plaintext);  // the usual case: the blocks change hands, no byte is copied
    return Done{};
  }
  while (!plaintext.empty()) {
    const Bytes piece = plaintext.front();
    wire_out.append(piece);
    plaintext.consume(piece.size());
  }
  return Done{};
}

void PlainChannel::close(ByteQueue&) {}

}  // namespace muxlab::tls
