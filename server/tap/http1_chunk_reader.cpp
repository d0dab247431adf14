#include "server/tap/http1_chunk_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/tap/http1_head.h"

namespace muxlab::server::tap {
namespace {

constexpr std::uint64_t crlf_bytes = 2;

}  // namespace

Result<std::optional<Http1Chunk>> Http1ChunkReader::take(Bytes& input) {
  while (!input.empty()) {
    Status taken = Done{};
    switch (place_) {
      case Place::size_line:
        taken = take_size_line(input);
        break;
      case Place::content:
        taken = take_content(input);
        break;
      case Place::trailers:
        taken = take_trailers(input);
        break;
    }
    if (!taken.ok()) return taken.failure();
    if (std::exchange(whole_, false)) return std::optional{std::exchange(chunk_, {})};
  }
  return std::optional<Http1Chunk>{};
}

Status Http1ChunkReader::take_size_line(Bytes& input) {
  const auto line_feed = std::find(input.begin(), input.end(), '\n');
  const bool ends = line_feed != input.end();
  const Bytes line{input.begin(), ends ? line_feed + 1 : line_feed};
  if (const auto checked = check(line); !checked.ok()) return checked.failure();
  text_ += text_of(line);
  input = input.subspan(line.size());
  if (!ends) return Done{};
  // The size has been found to be at most 15 hexadecimal digits.
  std::uint64_t size = 0;
  std::from_chars(text_.data(), text_.data() + text_.size(), size, 16);
  text_.clear();
  chunk_.content_bytes = size;
  chunk_.last = size == 0;
  left_ = size + crlf_bytes;
  place_ = chunk_.last ? Place::trailers : Place::content;
  return Done{};
}

Status Http1ChunkReader::take_content(Bytes& input) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  if (const auto checked = check(input.first(count)); !checked.ok()) return checked.failure();
  input = input.subspan(count);
  left_ -= count;
  whole_ = left_ == 0;
  if (whole_) place_ = Place::size_line;
  return Done{};
}

Status Http1ChunkReader::take_trailers(Bytes& input) {
  const auto checked = check(input);
  if (!checked.ok()) return checked.failure();
  text_ += text_of(input.first(checked.value()));
  input = input.subspan(checked.value());
  if (!whole_) return Done{};
  chunk_.trailer_bytes = text_.size();
  chunk_.trailers = read_http1_trailers(text_);
  return Done{};
}

// Gives how many bytes belong to the message: all, but where it ends.
Result<std::size_t> Http1ChunkReader::check(Bytes bytes) {
  std::size_t checked = 0;
  while (checked < bytes.size()) {
    const http1::ChunkDecoder::Step step = strict_.decode(bytes.subspan(checked));
    checked += step.consumed;
    switch (step.kind) {
      case http1::ChunkDecoder::Step::Kind::needs_more:
      case http1::ChunkDecoder::Step::Kind::content:
        break;
      case http1::ChunkDecoder::Step::Kind::end:
        whole_ = true;
        return checked;
      case http1::ChunkDecoder::Step::Kind::refused:
        return Failure{std::string{step.refusal.reason}};
    }
  }
  return checked;
}

}  // namespace muxlab::server::tap
