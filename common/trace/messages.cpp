#include "common/trace/messages.h"

#include <algorithm>

namespace muxlab::trace {
namespace {

bool is_content(const Frame& frame) {
  return frame.direction == Direction::down &&
         (frame.type == FrameType::data || frame.type == FrameType::body ||
          frame.type == FrameType::chunk);
}

bool same_name(std::string_view one, std::string_view lower_case) {
  return std::equal(
      one.begin(), one.end(), lower_case.begin(), lower_case.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
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

std::string_view value_of(const HeaderBlock* block, std::string_view name) {
  if (block == nullptr) return {};
  for (const FieldLine& field : block->fields) {
    if (same_name(field.name, name)) return field.value;
  }
  return {};
}

Messages::Messages(const ConnectionTrace& connection) : connection_(connection) {
  for (std::size_t index = 0; index < connection.frames.size(); ++index) {
    const Frame& frame = connection.frames[index];
    if (is_content(frame)) by_stream_[frame.stream].content.push_back(index);
    find_heads(frame);
  }
  std::uint64_t begin = connection.plain_begin(Direction::down);
  for (std::size_t piece = 0; piece < connection.plaintext.size(); ++piece) {
    if (connection.plaintext[piece].direction != Direction::down) continue;
    places_.push_back({begin, piece});
    begin += connection.plaintext[piece].bytes.size();
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

std::optional<std::string> Messages::content_of(const Exchange& exchange) const {
  std::string content;
  std::string buffer;
  if (const auto found = by_stream_.find(exchange.stream); found != by_stream_.end()) {
    for (const std::size_t index : found->second.content) {
      content += content_in(connection_.frames[index], buffer);
    }
  }
  if (content.size() != exchange.body) return std::nullopt;
  return content;
}

// `buffer` is overwritten, and holds what is returned.
std::string_view Messages::content_in(const Frame& frame, std::string& buffer) const {
  buffer.clear();
  if (!copy_down(frame.plain_begin, frame.plain_end, buffer)) return {};
  std::string_view bytes = buffer;
  const auto after = [&bytes](std::size_t begin) {
    return bytes.substr(std::min(begin, bytes.size()));
  };
  if (const auto* data = std::get_if<DataDetail>(&frame.detail)) {
    constexpr std::size_t frame_header_bytes = 9;
    constexpr std::uint8_t padded = 0x8;
    return after(frame_header_bytes + ((frame.flags & padded) != 0 ? 1 : 0))
        .substr(0, frame.length - data->padding);
  }
  const auto* body = std::get_if<BodyDetail>(&frame.detail);
  if (body == nullptr) return {};
  if (frame.type == FrameType::body) return bytes;
  const std::size_t size_line_end = bytes.find("\r\n");
  if (size_line_end == std::string_view::npos) return {};
  return after(size_line_end + 2).substr(0, body->content_bytes);
}

bool Messages::copy_down(std::uint64_t begin, std::uint64_t end, std::string& out) const {
  auto place = std::partition_point(places_.begin(), places_.end(),
                                    [&](const Place& each) { return each.begin <= begin; });
  if (place == places_.begin()) return false;
  for (--place; begin < end && place != places_.end(); ++place) {
    const std::string& bytes = connection_.plaintext[place->piece].bytes;
    const std::uint64_t skipped = begin - place->begin;
    if (skipped > bytes.size()) return false;
    const std::uint64_t count = std::min<std::uint64_t>(bytes.size() - skipped, end - begin);
    out.append(bytes, skipped, count);
    begin += count;
  }
  return begin == end;
}

}  // namespace muxlab::trace
