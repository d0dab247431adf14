#include "common/trace/messages.h"

#include <algorithm>

namespace muxlab::trace {
namespace {

bool is_content(const Frame& frame) {
  return frame.type == FrameType::data || frame.type == FrameType::body ||
         frame.type == FrameType::chunk;
}

std::uint64_t content_bytes(const Frame& frame) {
  if (const auto* data = std::get_if<DataDetail>(&frame.detail))
    return frame.length - data->padding;
  const auto* body = std::get_if<BodyDetail>(&frame.detail);
  return body == nullptr ? 0 : body->content_bytes;
}

constexpr std::size_t index_of(Direction direction) {
  return static_cast<std::size_t>(direction);
}

// Neither an interim response nor trailers.
bool is_final(const Frame& frame, const HeaderBlock& block) {
  constexpr std::size_t version_bytes = 9;  // "HTTP/1.1 "
  if (frame.type == FrameType::response_head) {
    return block.start_line.size() > version_bytes && block.start_line[version_bytes] != '1';
  }
  const std::string_view status = value_of(&block, ":status");
  return !status.empty() && status[0] != '1';
}

}  // namespace

bool has_name(std::string_view name, std::string_view lower_case) {
  return std::equal(
      name.begin(), name.end(), lower_case.begin(), lower_case.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

std::string_view value_of(const HeaderBlock* block, std::string_view name) {
  if (block == nullptr) return {};
  for (const FieldLine& field : block->fields) {
    if (has_name(field.name, name)) return field.value;
  }
  return {};
}

Messages::Messages(const ConnectionTrace& connection)
    : connection_(connection), plain_{{connection, Direction::down}, {connection, Direction::up}} {
  for (std::size_t index = 0; index < connection.frames.size(); ++index) {
    const Frame& frame = connection.frames[index];
    if (is_content(frame))
      by_stream_[frame.stream].content[index_of(frame.direction)].push_back(index);
    find_heads(frame);
  }
}

void Messages::find_heads(const Frame& frame) {
  const auto* detail = std::get_if<HeadersDetail>(&frame.detail);
  if (detail == nullptr || !detail->block) return;
  const HeaderBlock& block = *detail->block;
  if (frame.type == FrameType::push_promise) {
    by_stream_[detail->promised_stream].heads.request = &block;
    return;
  }
  Heads& heads = by_stream_[frame.stream].heads;
  if (frame.direction == Direction::up && heads.request == nullptr) heads.request = &block;
  if (frame.direction == Direction::down && heads.response == nullptr && is_final(frame, block)) {
    heads.response = &block;
  }
}

Heads Messages::heads_of(const Exchange& exchange) const {
  const auto found = by_stream_.find(exchange.stream);
  return found == by_stream_.end() ? Heads{} : found->second.heads;
}

std::optional<std::string> Messages::content_of(const Exchange& exchange,
                                                Direction direction) const {
  std::string content;
  std::string buffer;
  if (const auto found = by_stream_.find(exchange.stream); found != by_stream_.end()) {
    for (const std::size_t index : found->second.content[index_of(direction)]) {
      content += content_in(connection_.frames[index], buffer);
    }
  }
  const bool is_response = direction == Direction::down;
  if (content.size() != (is_response ? exchange.body : exchange.request_body)) return std::nullopt;
  return content;
}

std::vector<Messages::Chunk> Messages::chunks_of(const Exchange& exchange) const {
  std::vector<Chunk> chunks;
  const auto found = by_stream_.find(exchange.stream);
  if (found == by_stream_.end()) return chunks;
  for (const std::size_t index : found->second.content[index_of(Direction::down)]) {
    const Frame& frame = connection_.frames[index];
    const std::uint64_t bytes = content_bytes(frame);
    if (!frame.landed || bytes == 0) continue;
    if (!chunks.empty() && chunks.back().landed == *frame.landed) {
      chunks.back().bytes += bytes;
    } else {
      chunks.push_back({*frame.landed, bytes});
    }
  }
  return chunks;
}

// `buffer` is overwritten, and holds what is returned.
std::string_view Messages::content_in(const Frame& frame, std::string& buffer) const {
  buffer.clear();
  const PlainBytes& plain = plain_[index_of(frame.direction)];
  if (!plain.append(frame.plain_begin, frame.plain_end, buffer)) return {};
  std::string_view bytes = buffer;
  const auto after = [&bytes](std::size_t begin) {
    return bytes.substr(std::min(begin, bytes.size()));
  };
  if (frame.type == FrameType::data) {
    constexpr std::size_t frame_header_bytes = 9;
    constexpr std::uint8_t padded = 0x8;
    return after(frame_header_bytes + ((frame.flags & padded) != 0 ? 1 : 0))
        .substr(0, content_bytes(frame));
  }
  if (frame.type == FrameType::body) return bytes;
  const std::size_t size_line_end = bytes.find("\r\n");
  if (size_line_end == std::string_view::npos) return {};
  return after(size_line_end + 2).substr(0, content_bytes(frame));
}

}  // namespace muxlab::trace
