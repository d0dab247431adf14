// Takes the chunked coding off a message's content (RFC 9112 section 7.1), strictly and bounded.
// Keeps its place between calls, and the trailers; of content no byte: what it is given is looked
// at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/http/headers.h"
#include "common/http1/refusal.h"

namespace muxlab::http1 {

class ChunkDecoder {
 public:
  struct Step {
    enum class Kind {
      needs_more,  // all input was taken
      content,     // `content`, a part of the input, belongs to the message
      end,         // the message ended; what follows in the input is the next one's
      refused,     // `refusal` says why
    };
    Kind kind;
    std::size_t consumed = 0;  // of the input, `content` included
    Bytes content;
    Refusal refusal{};
  };

  // Goes on with `input`, which begins where the last step's consumed bytes ended. A decoder that
  // has given `end` or `refused` is used up.
  Step decode(Bytes input);

  // Complete once decode() gave `end`: names in lower case, without those that mean nothing behind
  // the content (trailers.h).
  const http::Headers& trailers() const { return trailers_; }

 private:
  //  .------------------------------------------------------------------.
  //  v                                                                  |
  // size --> [extension_*] --> size_lf --> content --> content_cr --> content_lf
  //                               |
  //                          size 0: trailer_start --> last_lf: end
  //                                      |  ^
  //                                      |  '---------------------------------------.
  //                                      '--> trailer_name --> trailer_value --> trailer_lf
  //
  // Of a chunk's extension, ";" name and perhaps "=" and a token or a quoted string:
  //
  //   extension_start --> extension_name --> extension_equals --> extension_token
  //                                                    '--> extension_quoted -->
  //                                                    extension_quoted_end
  enum class Place {
    size,
    extension_start,
    extension_name,
    extension_equals,
    extension_token,
    extension_quoted,
    extension_quoted_end,
    size_lf,
    content,
    content_cr,
    content_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
  };

  Step take_content(Bytes input);
  // One byte of framing; gives why it is refused, or null.
  const Refusal* take(char c);
  const Refusal* take_size(char c);
  const Refusal* take_extension(char c);
  const Refusal* take_trailer(char c);
  const Refusal* take_trailer_name(char c);
  const Refusal* add_trailer();
  const Refusal* enter(Place next);

  Place place_ = Place::size;
  std::uint64_t size_ = 0;  // of the chunk: as read so far, then what is left of it
  int size_digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_fields_ = 0;
  std::string trailer_name_;  // of the field being read
  std::string trailer_value_;
  http::Headers trailers_;
  bool ended_ = false;
};

}  // namespace muxlab::http1
