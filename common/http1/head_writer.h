// Writes the head of a message straight into the queue that it leaves by: the start line, fields in
// the order given, the empty line. Names and values are written as they are. What the start line
// is, request_head_writer.h and response_head.h say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/byte_queue.h"

namespace muxlab::http1 {

class HeadWriter {
 public:
  HeadWriter(const HeadWriter&) = delete;
  HeadWriter& operator=(const HeadWriter&) = delete;

  // Needs a name and a value without CR, LF and NUL: whoever put a peer's text there has checked
  // it.
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, std::uint64_t number);

  // Writes the empty line.
  void end();

 protected:
  // Nothing else may touch `out` before end().
  explicit HeadWriter(ByteQueue& out) : out_(out), room_(out.reserve(1)) {}
  ~HeadWriter() = default;

  void write(std::string_view text);

  // Whether a text, put into a line, leaves it one line.
  static bool stays_in_its_line(std::string_view text);

 private:
  void write_beyond_room(std::string_view text);

  ByteQueue& out_;
  MutableBytes room_;
  std::size_t used_ = 0;  // of room_, not yet committed
};

}  // namespace muxlab::http1
