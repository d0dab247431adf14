// A log may be a pipe, whose reader pauses when it likes: that must not stop the server.
#pragma once

#include <poll.h>

namespace muxlab::server::logs {

// Whether a write goes through at once. A pipe that is ready has room for PIPE_BUF bytes.
inline bool takes_more(int descriptor) {
  pollfd log{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return poll(&log, 1, 0) == 1 && (log.revents & POLLOUT) != 0;
}

}  // namespace muxlab::server::logs
