// Reads how a header block was written (RFC 7541 section 6), which a decoder does not tell: each
// instruction's kind, index and Huffman bits, and where it ends. Decodes no string and keeps no
// table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/bytes.h"
#include "common/trace/frame.h"

namespace muxlab::server::tap {

struct HpackInstruction {
  bool is_size_update = false;
  std::uint32_t table_bytes = 0;  // of a size update
  // Of a field.
  trace::Representation representation = trace::Representation::indexed;
  std::uint32_t index = 0;
  bool huffman_name = false;
  bool huffman_value = false;

  std::size_t bytes = 0;  // of the block
};

// Reads the first instruction of `block`. None: it breaks off, or a number does not fit 32 bits.
std::optional<HpackInstruction> read_hpack_instruction(Bytes block);

}  // namespace muxlab::server::tap
