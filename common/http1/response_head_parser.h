// Reads the head of a response (RFC 9112 sections 2 to 6), strictly: what two readers might
// understand differently is refused. Bounded by limits.h. Owns what it has read; knows no
// connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/http/headers.h"
#include "common/http1/body_framing.h"
#include "common/http1/head_lines.h"

namespace muxlab::http1 {

struct ResponseHead {
  int status = 0;         // 100 to 599; the reason phrase means nothing
  int minor_version = 1;  // 0 or 1
  http::Headers headers;  // names in lower case, values without white space around them
  ResponseFraming body;
  std::size_t bytes = 0;  // of input
};

// A failure says in one sentence what was wrong with the head.
using ResponseHeadOutcome = std::variant<NeedsMore, ResponseHead, Failure>;

// Reads one head. While it needs more it is given the same input again with more behind it; it goes
// on where it stopped. The outcome depends on the bytes alone, never on how they were cut. After a
// head or a failure it is used up.
class ResponseHeadParser {
 public:
  // `answers_head`: the request was HEAD.
  explicit ResponseHeadParser(bool answers_head = false) : answers_head_(answers_head) {}

  ResponseHeadOutcome parse(Bytes input);

 private:
  enum class Part { status_line, fields, complete };

  std::size_t window_end() const;
  std::string_view too_long() const;
  std::optional<Refusal> take_line(std::string_view line);
  std::optional<Refusal> take_status_line(std::string_view line);
  std::optional<Refusal> complete();

  bool answers_head_;
  ResponseHead head_;
  Part part_ = Part::status_line;
  HeadLines lines_;
};

}  // namespace muxlab::http1
