#include "server/logs/frame_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "server/logs/frame_line.h"
#include "server/logs/log_pipe.h"

namespace muxlab::server::logs {
namespace {

bool wants_colours() {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool plain = terminal != nullptr && std::string_view{terminal} == "dumb";
  return isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0') && !plain;
}

// A terminal can be stopped in the middle of a line; opened anew it says so instead of waiting, and
// standard output stays as others know it.
int standard_output() {
  if (isatty(STDOUT_FILENO) == 1) {
    const char* const name = ttyname(STDOUT_FILENO);
    if (name != nullptr) {
      const int again = ::open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
      if (again >= 0) return again;
    }
  }
  return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

}  // namespace

Result<FrameLog> FrameLog::open(const std::string& file, Instant zero) {
  const bool shown = file.empty() || file == "-";
  // A named pipe without a reader is a failure, not a wait.
  const int number =
      shown ? standard_output()
            : ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);
  if (number < 0) {
    return Failure{fmt::format("{}: can't be written: {}; give --watch another file",
                               shown ? "standard output" : file, std::strerror(errno))};
  }
  Form form = Form::json_lines;
  if (file.empty()) form = wants_colours() ? Form::coloured_text : Form::text;
  return FrameLog{net::Descriptor{number}, form, zero};
}

void FrameLog::heard(const recording::SharedTrace& trace, tap::News news) {
  const bool gave_up = news.what == tap::News::What::gave_up;
  if (news.what != tap::News::What::frame && !gave_up) return;
  if (!has_room()) {
    ++dropped_;
    return;
  }
  ++frames_;
  const bool json = form_ == Form::json_lines;
  const bool coloured = form_ == Form::coloured_text;
  if (gave_up) {
    lines_ += json ? gave_up_json_line(*trace) : gave_up_line(*trace, coloured);
  } else {
    const trace::Frame& frame = *news.frame;
    lines_ +=
        json ? frame_json_line(*trace, frame, zero_) : frame_line(*trace, frame, zero_, coloured);
  }
}

// Once something was dropped nothing more is taken until that has been said.
bool FrameLog::has_room() const {
  return dropped_ == 0 && frames_ < most_logged_frames_a_tick &&
         lines_.size() < most_waiting_log_bytes;
}

void FrameLog::advance() {
  write();
  frames_ = 0;
  if (dropped_ > 0 && lines_.size() < most_waiting_log_bytes) say_dropped();
}

void FrameLog::say_dropped() {
  const std::uint64_t count = std::exchange(dropped_, 0);
  lines_ += form_ == Form::json_lines
                ? fmt::format("{{\"dropped\":{}}}\n", count)
                : fmt::format("{:>12} {} frames are not shown: there were too many\n", "", count);
}

void FrameLog::write() {
  std::size_t written = 0;
  while (written < lines_.size() && takes_more(descriptor_.number())) {
    const std::size_t piece = std::min<std::size_t>(lines_.size() - written, PIPE_BUF);
    const ssize_t count = ::write(descriptor_.number(), lines_.data() + written, piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    // Nobody reads any more, or the disk is full: what waits is given up.
    written = count <= 0 ? lines_.size() : written + static_cast<std::size_t>(count);
  }
  lines_.erase(0, written);
}

}  // namespace muxlab::server::logs
