// Reads the head of a request (RFC 9112 sections 2 to 6), strictly: what two readers might
// understand differently is refused. Bounded by limits.h. Owns what it has read; knows no
// connection and no resource.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/bytes.h"
#include "common/http/headers.h"
#include "common/http1/body_framing.h"
#include "common/http1/head_lines.h"
#include "common/http1/refusal.h"
#include "common/http1/request_target.h"

namespace muxlab::http1 {

struct RequestHead {
  std::string method;
  RequestTarget target;   // its authority is the one to use: of an absolute-form, else Host's
  int minor_version = 1;  // 0 or 1
  http::Headers headers;  // names in lower case, values without white space around them
  BodyFraming body;
  std::size_t bytes = 0;  // of input, empty lines before the request line included
};

using RequestHeadOutcome = std::variant<NeedsMore, RequestHead, Refusal>;

// Reads one head. While it needs more it is given the same input again with more behind it; it goes
// on where it stopped, so that a head fed byte by byte costs no more than one fed whole. The
// outcome depends on the bytes alone, never on how they were cut. After a head or a refusal it is
// used up.
class RequestHeadParser {
 public:
  RequestHeadOutcome parse(Bytes input);

 private:
  enum class Part { request_line, fields, complete };

  std::size_t window_end() const;
  Refusal too_long() const;
  std::optional<Refusal> take_line(std::string_view line);
  std::optional<Refusal> take_request_line(std::string_view line);
  std::optional<Refusal> take_version(std::string_view version);
  std::optional<Refusal> take_field(std::string_view line);
  std::optional<Refusal> take_host(std::string_view value);
  std::optional<Refusal> complete();

  RequestHead head_;
  Part part_ = Part::request_line;
  HeadLines lines_;
  std::size_t head_begin_ = 0;  // behind the empty lines
  std::size_t empty_lines_ = 0;
  bool host_seen_ = false;
};

}  // namespace muxlab::http1
