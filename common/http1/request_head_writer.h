// Writes the head of a request: the request line, then fields as any head's.
#pragma once

#include <string_view>

#include "common/http1/head_writer.h"

namespace muxlab::http1 {

class RequestHeadWriter final : public HeadWriter {
 public:
  // Needs a method and a target of visible ASCII. Nothing else may touch `out` before end().
  RequestHeadWriter(ByteQueue& out, std::string_view method, std::string_view target);
};

}  // namespace muxlab::http1
