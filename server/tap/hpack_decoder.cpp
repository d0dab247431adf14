#include "server/tap/hpack_decoder.h"

#include <algorithm>
#include <new>
#include <utility>

#include "common/http2/nghttp2.h"
#include "server/tap/hpack_instruction.h"

namespace muxlab::server::tap {
namespace {

constexpr std::size_t static_entries = 61;        // RFC 7541 appendix A
constexpr std::size_t field_overhead_bytes = 32;  // RFC 7541 section 4.1

nghttp2_hd_inflater* new_inflater() {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) throw std::bad_alloc();
  return inflater;
}

trace::FieldLine line_of(const nghttp2_nv& field, const HpackInstruction& instruction) {
  return {.name = std::string{text_of({field.name, field.namelen})},
          .value = std::string{text_of({field.value, field.valuelen})},
          .representation = instruction.representation,
          .huffman_name = instruction.huffman_name,
          .huffman_value = instruction.huffman_value,
          .index = instruction.index,
          .encoded_bytes = static_cast<std::uint32_t>(instruction.bytes)};
}

}  // namespace

void HpackDecoder::Free::operator()(nghttp2_hd_inflater* inflater) const {
  nghttp2_hd_inflate_del(inflater);
}

HpackDecoder::HpackDecoder() : inflater_(new_inflater()) {}
HpackDecoder::~HpackDecoder() = default;

void HpackDecoder::limit_table(std::uint32_t bytes) {
  nghttp2_hd_inflate_change_table_size(inflater_.get(), std::min(bytes, most_table_bytes));
}

Result<std::unique_ptr<trace::HeaderBlock>> HpackDecoder::decode(Bytes block) {
  auto decoded = std::make_unique<trace::HeaderBlock>();
  decoded->encoded_bytes = static_cast<std::uint32_t>(block.size());
  text_bytes_ = 0;
  for (Bytes rest = block; !rest.empty();) {
    if (const Status taken = take_instruction(rest, *decoded); !taken.ok()) return taken.failure();
  }
  nghttp2_nv none{};
  int flags = 0;
  const std::uint8_t nothing = 0;
  if (nghttp2_hd_inflate_hd3(inflater_.get(), &none, &flags, &nothing, 0, 1) < 0) {
    return Failure{"a header block ends where it must not"};
  }
  nghttp2_hd_inflate_end_headers(inflater_.get());
  decoded->table = state_after(*decoded);
  return decoded;
}

// Reads the instruction's bytes, and has nghttp2 decode exactly these.
Status HpackDecoder::take_instruction(Bytes& rest, trace::HeaderBlock& decoded) {
  const auto instruction = read_hpack_instruction(rest);
  if (!instruction) return Failure{"a header block breaks off within a field"};
  nghttp2_nv field{};
  int flags = 0;
  const nghttp2_ssize taken =
      nghttp2_hd_inflate_hd3(inflater_.get(), &field, &flags, rest.data(), instruction->bytes, 0);
  const bool emitted = (flags & NGHTTP2_HD_INFLATE_EMIT) != 0;
  if (taken != static_cast<nghttp2_ssize>(instruction->bytes) ||
      emitted == instruction->is_size_update) {
    return Failure{"a header block can't be decoded"};
  }
  rest = rest.subspan(instruction->bytes);
  if (instruction->is_size_update) {
    decoded.size_updates.push_back(instruction->table_bytes);
    return Done{};
  }
  text_bytes_ += field.namelen + field.valuelen + field_overhead_bytes;
  if (text_bytes_ > most_block_text_bytes) {
    return Failure{"the fields of a header block come to more than 128 KiB"};
  }
  decoded.fields.push_back(line_of(field, *instruction));
  return Done{};
}

std::uint32_t HpackDecoder::entries() const {
  const std::size_t all = nghttp2_hd_inflate_get_num_table_entries(inflater_.get());
  return static_cast<std::uint32_t>(all - static_entries);
}

// What left the table since the last block was evicted by this one: the limit that SETTINGS bring
// down is taken into use by the size update at its start.
trace::TableState HpackDecoder::state_after(const trace::HeaderBlock& decoded) {
  trace::TableState state;
  for (const trace::FieldLine& line : decoded.fields) {
    state.added += line.representation == trace::Representation::literal_with_indexing ? 1 : 0;
  }
  state.entries = entries();
  state.evicted = entries_after_block_ + state.added - state.entries;
  state.bytes =
      static_cast<std::uint32_t>(nghttp2_hd_inflate_get_dynamic_table_size(inflater_.get()));
  state.limit =
      static_cast<std::uint32_t>(nghttp2_hd_inflate_get_max_dynamic_table_size(inflater_.get()));
  entries_after_block_ = state.entries;
  return state;
}

}  // namespace muxlab::server::tap
