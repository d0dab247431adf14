// Writes the head of a response straight into the queue that it leaves by: the status line, fields
// in the order given, the empty line. Names and values are written as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/byte_queue.h"

namespace muxlab::http1 {

class ResponseHeadWriter {
 public:
  // Nothing else may touch `out` before end().
  ResponseHeadWriter(ByteQueue& out, int status);
  ResponseHeadWriter(const ResponseHeadWriter&) = delete;
  ResponseHeadWriter& operator=(const ResponseHeadWriter&) = delete;

  // Needs a name and a value without CR, LF and NUL: whoever put a peer's text there has checked
  // it.
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, std::uint64_t number);

  // Writes the empty line.
  void end();

 private:
  void write(std::string_view text);
  void write_beyond_room(std::string_view text);

  ByteQueue& out_;
  MutableBytes room_;
  std::size_t used_ = 0;  // of room_, not yet committed
};

}  // namespace muxlab::http1
