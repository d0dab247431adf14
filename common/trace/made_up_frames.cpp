#include "common/trace/made_up_frames.h"

#include <string>

namespace muxlab::trace {
namespace {

// RFC 9113 section 6, section 3.4.
constexpr std::uint8_t headers_type = 0x1;
constexpr std::uint8_t settings_type = 0x4;
constexpr std::uint8_t acknowledges = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// What a dynamic table may take until its encoder says otherwise (RFC 9113 section 6.5.2).
constexpr std::uint32_t initial_table_bytes = 4096;

// Wireshark shows 200 fields of a block.
constexpr std::size_t most_fields_a_block = 100;

std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> shift & 0xff);
  }
  return text;
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  const std::string& payload) {
  return big_endian(payload.size(), 3) + static_cast<char>(type) + static_cast<char>(flags) +
         big_endian(stream, 4) + payload;
}

std::string settings_frame(const std::vector<Setting>& settings) {
  std::string payload;
  for (const auto& [identifier, value] : settings) {
    payload += big_endian(identifier, 2) + big_endian(value, 4);
  }
  return frame(settings_type, 0, 0, payload);
}

// An integer behind the bits that say what it is of (RFC 7541 section 5.1).
std::string integer(std::uint8_t pattern, int prefix_bits, std::size_t value) {
  const std::size_t most = (std::size_t{1} << prefix_bits) - 1;
  if (value < most) return {static_cast<char>(pattern | value)};
  std::string text{static_cast<char>(pattern | most)};
  for (value -= most; value >= 0x80; value >>= 7) text += static_cast<char>(0x80 | (value & 0x7f));
  return text + static_cast<char>(value);
}

// A literal with a new name (RFC 7541 section 6.2), not Huffman coded.
std::string literal(std::uint8_t pattern, std::string_view name, std::string_view value) {
  std::string text{static_cast<char>(pattern)};
  for (const std::string_view each : {name, value}) {
    text += integer(0, 7, each.size());
    text += each;
  }
  return text;
}

// Header blocks after which a fresh decoder has this table; empty: it has it already.
std::string blocks_for(const DynamicTable& table) {
  constexpr std::uint8_t with_indexing = 0x40;
  constexpr std::uint8_t without_indexing = 0x00;
  constexpr std::uint8_t size_update = 0x20;
  const auto& entries = table.entries();
  const std::uint32_t limit = table.state().limit;
  if (entries.empty() && limit == initial_table_bytes) return {};
  std::string frames;
  std::string block;
  if (limit != initial_table_bytes) block = integer(size_update, 5, limit);
  std::size_t fields = 0;
  const auto finish = [&] {
    block += literal(without_indexing, made_up_field, "what the dynamic table held");
    frames += frame(headers_type, end_headers, made_up_stream, block);
    block.clear();
    fields = 0;
  };
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    block += literal(with_indexing, entry->name, entry->value);
    if (++fields == most_fields_a_block) finish();
  }
  if (!block.empty()) finish();
  return frames;
}

}  // namespace

std::vector<Plaintext> made_up_frames(const ConnectionTrace& connection) {
  const Beginning& beginning = *connection.beginning;
  constexpr auto down = static_cast<std::size_t>(Direction::down);
  constexpr auto up = static_cast<std::size_t>(Direction::up);
  const std::string acknowledgement = frame(settings_type, acknowledges, 0, "");
  const auto piece = [&beginning](Direction direction, std::string bytes) {
    return Plaintext{direction, beginning.at, beginning.at, 0, std::move(bytes)};
  };
  return {piece(Direction::up, std::string{preface} + settings_frame(beginning.settings[up])),
          piece(Direction::down, settings_frame(beginning.settings[down]) + acknowledgement +
                                     blocks_for(beginning.tables[down])),
          piece(Direction::up, acknowledgement + blocks_for(beginning.tables[up]))};
}

}  // namespace muxlab::trace
