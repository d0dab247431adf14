// The decoder of one direction's header blocks (RFC 7541), which tells of each field how it came
// and of the dynamic table what became of it. The strings and the table are nghttp2's work, the
// reading of the instructions is ours: where the two disagree, decoding ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/trace/frame.h"

struct nghttp2_hd_inflater;

namespace muxlab::server::tap {

// Over all fields of one block, each counted as name + value + 32: a block of some hundred bytes
// can name a large table entry in each of them. What servers allow is a quarter of it.
inline constexpr std::size_t most_block_text_bytes = 128 * 1024;

// The largest table, whatever SETTINGS allow; encoders that fill more than 64 KiB are not known.
inline constexpr std::uint32_t most_table_bytes = 1024 * 1024;

class HpackDecoder {
 public:
  HpackDecoder();
  ~HpackDecoder();
  HpackDecoder(const HpackDecoder&) = delete;
  HpackDecoder& operator=(const HpackDecoder&) = delete;

  // SETTINGS_HEADER_TABLE_SIZE of whoever receives these blocks is in force. A table above it
  // shrinks, and the next block must say so (RFC 7541 section 4.2).
  void limit_table(std::uint32_t bytes);

  // Decodes one whole block. After a failure the decoder is used up.
  Result<std::unique_ptr<trace::HeaderBlock>> decode(Bytes block);

 private:
  struct Free {
    void operator()(nghttp2_hd_inflater* inflater) const;
  };

  Status take_instruction(Bytes& rest, trace::HeaderBlock& decoded);
  std::uint32_t entries() const;
  trace::TableState state_after(const trace::HeaderBlock& decoded);

  std::unique_ptr<nghttp2_hd_inflater, Free> inflater_;
  std::size_t text_bytes_ = 0;             // of the block being decoded
  std::uint32_t entries_after_block_ = 0;  // after the last one
};

}  // namespace muxlab::server::tap
