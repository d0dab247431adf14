// Writes the head of a response: the status line, then fields as any head's.
#pragma once

#include "common/http1/head_writer.h"

namespace muxlab::http1 {

class ResponseHeadWriter final : public HeadWriter {
 public:
  // Needs a status of three digits. Nothing else may touch `out` before end().
  ResponseHeadWriter(ByteQueue& out, int status);
};

}  // namespace muxlab::http1
