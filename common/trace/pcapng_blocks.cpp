#include "common/trace/pcapng_blocks.h"

#include <algorithm>
#include <cstdint>

namespace muxlab::trace {
namespace {

enum BlockType : std::uint32_t {
  interface_description = 1,
  enhanced_packet = 6,
  section_header = 0x0a0d0d0a,
};

enum Option : std::uint16_t {
  end_of_options = 0,
  comment_option = 1,
  interface_name = 2,            // of an interface
  user_application = 4,          // of a section
  interface_time_resolution = 9  // of an interface
};

// Little-endian, as the byte-order magic then says.
template <typename Number>
void append_number(std::string& out, Number number) {
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte) {
    out.push_back(static_cast<char>(number >> (8 * byte)));
  }
}

void append_padded(std::string& out, std::string_view bytes) {
  out.append(bytes);
  out.append((4 - bytes.size() % 4) % 4, '\0');
}

void append_option(std::string& out, Option option, std::string_view value) {
  constexpr std::size_t longest = 0xffff;
  value = value.substr(0, longest);
  append_number(out, static_cast<std::uint16_t>(option));
  append_number(out, static_cast<std::uint16_t>(value.size()));
  append_padded(out, value);
}

void append_block(std::string& out, BlockType type, std::string_view body) {
  constexpr std::uint32_t type_and_lengths = 12;
  const auto length = static_cast<std::uint32_t>(body.size()) + type_and_lengths;
  append_number(out, static_cast<std::uint32_t>(type));
  append_number(out, length);
  out.append(body);
  append_number(out, length);
}

}  // namespace

void append_section(std::string& out, std::string_view comment) {
  std::string section;
  append_number<std::uint32_t>(section, 0x1a2b3c4d);
  append_number<std::uint16_t>(section, 1);  // version 1.0
  append_number<std::uint16_t>(section, 0);
  append_number<std::uint64_t>(section, UINT64_MAX);  // length unknown
  append_option(section, comment_option, comment);
  append_option(section, user_application, "muxlab");
  append_option(section, end_of_options, "");
  append_block(out, section_header, section);

  constexpr std::uint16_t ethernet = 1;  // LINKTYPE_ETHERNET: the only one that every reader knows
  std::string interface;
  append_number(interface, ethernet);
  append_number<std::uint16_t>(interface, 0);
  append_number<std::uint32_t>(interface, 0);  // packets of any length
  append_option(interface, interface_name, "muxlab");
  append_option(interface, interface_time_resolution,
                "\x06");  // 10^-6 s, which many readers assume
  append_option(interface, end_of_options, "");
  append_block(out, interface_description, interface);
}

void append_packet(std::string& out, std::chrono::microseconds since_1970, std::string_view packet,
                   std::string_view comment) {
  const auto time = static_cast<std::uint64_t>(since_1970.count());
  const auto length = static_cast<std::uint32_t>(packet.size());
  std::string body;
  body.reserve(packet.size() + comment.size() + 40);
  append_number<std::uint32_t>(body, 0);  // of the only interface
  append_number(body, static_cast<std::uint32_t>(time >> 32));
  append_number(body, static_cast<std::uint32_t>(time));
  append_number(body, length);
  append_number(body, length);
  append_padded(body, packet);
  if (!comment.empty()) {
    append_option(body, comment_option, comment);
    append_option(body, end_of_options, "");
  }
  append_block(out, enhanced_packet, body);
}

}  // namespace muxlab::trace
