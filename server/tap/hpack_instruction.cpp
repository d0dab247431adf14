#include "server/tap/hpack_instruction.h"

#include <limits>

namespace muxlab::server::tap {
namespace {

using trace::Representation;

// Takes what is read off the front; `ok` falls once something is missing.
struct Reader {
  Bytes rest;
  bool ok = true;

  // An integer whose first byte has `prefix_bits` of it (RFC 7541 section 5.1).
  std::uint32_t integer(int prefix_bits) {
    if (!ok || rest.empty()) return fail();
    const std::uint32_t most = (1U << prefix_bits) - 1;
    std::uint64_t value = rest.front() & most;
    rest = rest.subspan(1);
    if (value < most) return static_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 7) {
      if (rest.empty()) return fail();
      const std::uint8_t byte = rest.front();
      rest = rest.subspan(1);
      value += std::uint64_t{byte & 0x7fU} << shift;
      if (value > std::numeric_limits<std::uint32_t>::max()) return fail();
      if ((byte & 0x80) == 0) return static_cast<std::uint32_t>(value);
    }
    return fail();
  }

  // Passes over a string (RFC 7541 section 5.2). True: it is Huffman coded.
  bool string() {
    if (!ok || rest.empty()) return fail() != 0;
    const bool huffman = (rest.front() & 0x80) != 0;
    const std::uint32_t length = integer(7);
    if (!ok || length > rest.size()) return fail() != 0;
    rest = rest.subspan(length);
    return huffman;
  }

  std::uint32_t fail() {
    ok = false;
    return 0;
  }
};

void read_literal(Reader& reader, int prefix_bits, Representation representation,
                  HpackInstruction& instruction) {
  instruction.representation = representation;
  instruction.index = reader.integer(prefix_bits);
  if (instruction.index == 0) instruction.huffman_name = reader.string();
  instruction.huffman_value = reader.string();
}

}  // namespace

std::optional<HpackInstruction> read_hpack_instruction(Bytes block) {
  if (block.empty()) return std::nullopt;
  HpackInstruction instruction;
  Reader reader{block};
  const std::uint8_t first = block.front();
  if ((first & 0x80) != 0) {
    instruction.index = reader.integer(7);
  } else if ((first & 0x40) != 0) {
    read_literal(reader, 6, Representation::literal_with_indexing, instruction);
  } else if ((first & 0x20) != 0) {
    instruction.is_size_update = true;
    instruction.table_bytes = reader.integer(5);
  } else if ((first & 0x10) != 0) {
    read_literal(reader, 4, Representation::literal_never_indexed, instruction);
  } else {
    read_literal(reader, 4, Representation::literal_without_indexing, instruction);
  }
  if (!reader.ok) return std::nullopt;
  instruction.bytes = block.size() - reader.rest.size();
  return instruction;
}

}  // namespace muxlab::server::tap
