// The live log of frames (`muxlab serve --watch`): a line for each frame on a lane, on a terminal
// or, as JSON, in a file. Never holds up the server: what can't be written soon is dropped, counted
// and said. Lives on the lab's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/net/socket.h"
#include "server/recording/recorder.h"
#include "server/tap/tap.h"

namespace muxlab::server::logs {

// More than anybody reads; less than what would slow down the lab.
inline constexpr std::size_t most_logged_frames_a_tick = 1000;
// What may wait for a reader that is slow.
inline constexpr std::size_t most_waiting_log_bytes = 1024 * 1024;

class FrameLog {
 public:
  enum class Form { text, coloured_text, json_lines };

  // No `file`: on standard output for people, coloured where that is a terminal and NO_COLOR is not
  // set. Else JSON lines, appended to the file; "-" is standard output. Times count from `zero`.
  static Result<FrameLog> open(const std::string& file, Instant zero);

  FrameLog(net::Descriptor descriptor, Form form, Instant zero)
      : descriptor_(std::move(descriptor)), form_(form), zero_(zero) {}

  // From the recorder.
  void heard(const recording::SharedTrace& trace, tap::News news);

  // Writes what was gathered, as far as it is taken at once. Call every tick, and at the end.
  void advance();

 private:
  bool has_room() const;
  void say_dropped();
  void write();

  net::Descriptor descriptor_;
  Form form_;
  Instant zero_;
  std::string lines_;
  std::size_t frames_ = 0;     // since the last tick
  std::uint64_t dropped_ = 0;  // and not said yet
};

}  // namespace muxlab::server::logs
