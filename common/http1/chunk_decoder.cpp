#include "common/http1/chunk_decoder.h"

#include <algorithm>

#include "common/http/trailers.h"
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
constexpr Refusal bad_extension{400, "A chunk extension is malformed."};
constexpr Refusal long_extensions{400, "The chunk extensions are longer than 4 KiB."};
constexpr Refusal bad_trailer{400, "A trailer field is malformed."};

// In a quoted string, but for its end and what a backslash would quote (RFC 9110 section 5.6.4).
bool is_quotable(char c) {
  return c != '\\' && c != '\t' && !is_control(static_cast<std::uint8_t>(c));
}

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
    case Place::extension_start:
    case Place::extension_name:
    case Place::extension_equals:
    case Place::extension_token:
    case Place::extension_quoted:
    case Place::extension_quoted_end:
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
  if (c == '\r') return enter(Place::size_lf);
  if (c != ';') return &bad_size;
  ++extension_bytes_;
  return enter(Place::extension_start);
}

// An extension means nothing to us (RFC 9112 section 7.1.1): held to its form, counted and dropped.
// Nobody sends one. So what some reader stumbles over is refused: white space, a quoted pair, and a
// second extension in one chunk.
const Refusal* ChunkDecoder::take_extension(char c) {
  const bool may_end = place_ == Place::extension_name || place_ == Place::extension_token ||
                       place_ == Place::extension_quoted_end;
  if (c == '\r') return may_end ? enter(Place::size_lf) : &bad_extension;
  if (++extension_bytes_ > max_chunk_extension_bytes) return &long_extensions;
  const bool in_token = lowered_token_character(c) != 0;
  switch (place_) {
    case Place::extension_start:
      return in_token ? enter(Place::extension_name) : &bad_extension;
    case Place::extension_name:
      if (c == '=') return enter(Place::extension_equals);
      return in_token ? nullptr : &bad_extension;
    case Place::extension_equals:
      if (c == '"') return enter(Place::extension_quoted);
      return in_token ? enter(Place::extension_token) : &bad_extension;
    case Place::extension_token:
      return in_token ? nullptr : &bad_extension;
    case Place::extension_quoted:
      if (c == '"') return enter(Place::extension_quoted_end);
      return is_quotable(c) ? nullptr : &bad_extension;
    default:
      return &bad_extension;
  }
}

// The form and the limits of a head's fields. The bytes are counted with their line ends.
const Refusal* ChunkDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > max_head_bytes) return &http::long_trailers;
  switch (place_) {
    case Place::trailer_start:
      if (c == '\r') return enter(Place::last_lf);
      if (++trailer_fields_ > max_fields) return &http::many_trailers;
      trailer_name_.clear();
      trailer_value_.clear();
      place_ = Place::trailer_name;
      return c == ':' ? &bad_trailer : take_trailer_name(c);
    case Place::trailer_name:
      return c == ':' ? enter(Place::trailer_value) : take_trailer_name(c);
    case Place::trailer_value:
      if (c == '\r') return enter(Place::trailer_lf);
      if (is_control(static_cast<std::uint8_t>(c))) return &bad_trailer;
      trailer_value_ += c;
      return nullptr;
    default:
      return c == '\n' ? add_trailer() : &bad_line_end;
  }
}

const Refusal* ChunkDecoder::take_trailer_name(char c) {
  const char lower = lowered_token_character(c);
  if (lower == 0) return &bad_trailer;
  if (trailer_name_.size() == max_field_name_bytes) return &http::long_field_name;
  trailer_name_ += lower;
  return nullptr;
}

const Refusal* ChunkDecoder::add_trailer() {
  place_ = Place::trailer_start;
  switch (http::trailer_fate(trailer_name_)) {
    case http::TrailerFate::kept:
      trailers_.add(trailer_name_, trimmed(trailer_value_));
      return nullptr;
    case http::TrailerFate::dropped:
      return nullptr;
    case http::TrailerFate::refused:
      return &http::misplaced_trailer;
  }
  return nullptr;
}

}  // namespace muxlab::http1
