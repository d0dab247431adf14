#include "server/tap/http1_head.h"

#include <algorithm>

#include "common/http/field_text.h"

namespace muxlab::server::tap {
namespace {

constexpr std::string_view line_end = "\r\n";

// Takes the next line off the front, without its CRLF.
std::string_view take_line(std::string_view& text) {
  const std::size_t bytes = std::min(text.find(line_end), text.size());
  const std::string_view line = text.substr(0, bytes);
  text.remove_prefix(std::min(bytes + line_end.size(), text.size()));
  return line;
}

void read_fields(std::string_view text, trace::HeaderBlock& block) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) return;
    const std::size_t colon = std::min(line.find(':'), line.size());
    trace::FieldLine field;
    field.name = line.substr(0, colon);
    field.value = http::trimmed(line.substr(std::min(colon + 1, line.size())));
    field.encoded_bytes = static_cast<std::uint32_t>(line.size() + line_end.size());
    block.fields.push_back(std::move(field));
  }
}

}  // namespace

std::unique_ptr<trace::HeaderBlock> read_http1_head(std::string_view head) {
  auto block = std::make_unique<trace::HeaderBlock>();
  block->encoded_bytes = static_cast<std::uint32_t>(head.size());
  while (block->start_line.empty() && !head.empty()) block->start_line = take_line(head);
  read_fields(head, *block);
  return block;
}

std::unique_ptr<trace::HeaderBlock> read_http1_trailers(std::string_view text) {
  auto block = std::make_unique<trace::HeaderBlock>();
  block->encoded_bytes = static_cast<std::uint32_t>(text.size());
  read_fields(text, *block);
  if (block->fields.empty()) return nullptr;
  return block;
}

}  // namespace muxlab::server::tap
