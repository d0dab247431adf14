#include "common/http1/chunk_encoder.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace muxlab::http1 {
namespace {

// Four digits count to 0xffff, more than a block holds. Leading zeros are allowed: 1*HEXDIG.
constexpr std::size_t size_digits = 4;
constexpr std::size_t size_line_bytes = size_digits + 2;
constexpr std::size_t framing_bytes = size_line_bytes + 2;
static_assert(ByteQueue::block_bytes <= 0xffff);

// Below this a read of the body costs more than starting another block.
constexpr std::size_t least_content_bytes = 512;

}  // namespace

ChunkRoom::ChunkRoom(ByteQueue& out, std::size_t limit)
    : out_(out), whole_(out.reserve(framing_bytes + std::min(limit, least_content_bytes))) {
  assert(limit > 0);
  content_ = whole_.subspan(size_line_bytes, std::min(limit, whole_.size() - framing_bytes));
}

void ChunkRoom::commit(std::size_t count) {
  assert(count <= content_.size());
  if (count == 0) return out_.commit(0);
  constexpr const char* digits = "0123456789abcdef";
  for (std::size_t i = 0; i < size_digits; ++i) {
    whole_[i] = static_cast<std::uint8_t>(digits[count >> (4 * (size_digits - 1 - i)) & 0xf]);
  }
  whole_[size_digits] = '\r';
  whole_[size_digits + 1] = '\n';
  whole_[size_line_bytes + count] = '\r';
  whole_[size_line_bytes + count + 1] = '\n';
  out_.commit(framing_bytes + count);
}

void end_chunks(ByteQueue& out, const http::Headers& trailers) {
  std::string end = "0\r\n";
  for (const http::Field field : trailers) {
    end.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out.append(bytes_of(end += "\r\n"));
}

}  // namespace muxlab::http1
