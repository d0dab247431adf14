// What llhttp, in strict mode, makes of one request: the second opinion that our codec is held
// against. The only place that knows llhttp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/bytes.h"

namespace muxlab::test {

struct LlhttpReading {
  std::string url;
  std::string content;
  // Of the head and the trailers, in order; values without the white space around them.
  std::vector<std::string> names;
  std::vector<std::string> values;
};

struct LlhttpOutcome {
  std::optional<LlhttpReading> reading;  // none: not accepted, or not exactly one message
  std::string why_not;
};

LlhttpOutcome read_by_llhttp(Bytes message);

}  // namespace muxlab::test
