#include "common/http1/chunk_decoder.h"

#include <algorithm>

#include "common/http1/characters.h"
#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

// 15 hexadecimal digits stay below 2^60: no sum of sizes that fits a connection overflows.
constexpr int max_size_digits = 15;

constexpr Refusal bad_size{400, "A chunk does not begin with its size in hexadecimal."};
constexpr Refusal huge_size{400, "A chunk's size has more than 15 digits."};
constexpr Refusal bad_line_end{400, "A line of the chunked coding does not end in CRLF."};
constexpr Refusal bad_content_end{400, "A chunk's content is not followed by CRLF."};
constexpr Refusal bad_extension{400, "A chunk extension holds a control character."};
constexpr Refusal long_extensions{400, "The chunk extensions are longer than 4 KiB."};
constexpr Refusal bad_trailer{400, "A trailer field is malformed."};
constexpr Refusal long_trailers{431, "The trailer fields are longer than 32 KiB."};
constexpr Refusal many_trailers{431, "There are more than 100 trailer fields."};

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(Bytes input) {
  std::size_t at = 0;
  while (at < input.size()) {
    if (place_ == Place::content) {
      Step step = take_content(input.subspan(at));
      step.consumed += at;
      return step;
    }
    const Refusal* refusal = take(static_cast<char>(input[at++]));
    if (refusal != nullptr) return {Step::Kind::refused, at, {}, *refusal};
    if (ended_) return {Step::Kind::end, at, {}};
  }
  return {Step::Kind::needs_more, at, {}};
}

ChunkDecoder::Step ChunkDecoder::take_content(Bytes input) {
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(size_, input.size()));
  size_ -= count;
  if (size_ == 0) place_ = Place::content_cr;
  return {Step::Kind::content, count, input.first(count)};
}

const Refusal* ChunkDecoder::take(char c) {
  switch (place_) {
    case Place::size:
      return take_size(c);
    case Place::extension:
      return take_extension(c);
    case Place::size_lf:
      if (c != '\n') return &bad_line_end;
      size_digits_ = 0;
      return enter(size_ == 0 ? Place::trailer_start : Place::content);
    case Place::content:
      break;  // never byte by byte
    case Place::content_cr:
      return c == '\r' ? enter(Place::content_lf) : &bad_content_end;
    case Place::content_lf:
      return c == '\n' ? enter(Place::size) : &bad_content_end;
    case Place::trailer_start:
    case Place::trailer_name:
    case Place::trailer_value:
    case Place::trailer_lf:
      return take_trailer(c);
    case Place::last_lf:
      ended_ = c == '\n';
      return ended_ ? nullptr : &bad_line_end;
  }
  return nullptr;
}

const Refusal* ChunkDecoder::enter(Place next) {
  place_ = next;
  return nullptr;
}

// White space behind the size, once allowed as "bad", is how sizes are read differently: refused.
const Refusal* ChunkDecoder::take_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (++size_digits_ > max_size_digits) return &huge_size;
    size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
    return nullptr;
  }
  if (size_digits_ == 0) return &bad_size;
  if (c == ';') {
    place_ = Place::extension;
    return ++extension_bytes_ > max_chunk_extension_bytes ? &long_extensions : nullptr;
  }
  return c == '\r' ? enter(Place::size_lf) : &bad_size;
}

// Extensions mean nothing to us (RFC 9112 section 7.1.1): counted and dropped.
const Refusal* ChunkDecoder::take_extension(char c) {
  if (c == '\r') return enter(Place::size_lf);
  if (is_control(static_cast<std::uint8_t>(c))) return &bad_extension;
  return ++extension_bytes_ > max_chunk_extension_bytes ? &long_extensions : nullptr;
}

// Held to a field's form and dropped: nobody here asks for trailers (RFC 9110 section 6.5.1).
const Refusal* ChunkDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > max_head_bytes) return &long_trailers;
  switch (place_) {
    case Place::trailer_start:
      if (c == '\r') return enter(Place::last_lf);
      if (lowered_token_character(c) == 0) return &bad_trailer;
      place_ = Place::trailer_name;
      return ++trailer_fields_ > max_fields ? &many_trailers : nullptr;
    case Place::trailer_name:
      if (c == ':') return enter(Place::trailer_value);
      return lowered_token_character(c) == 0 ? &bad_trailer : nullptr;
    case Place::trailer_value:
      if (c == '\r') return enter(Place::trailer_lf);
      return is_control(static_cast<std::uint8_t>(c)) ? &bad_trailer : nullptr;
    default:
      return c == '\n' ? enter(Place::trailer_start) : &bad_line_end;
  }
}

}  // namespace muxlab::http1
