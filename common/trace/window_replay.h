// Goes through a connection's frames and says of each what it left of the windows, as both ends see
// them. A frame at a time, so that whoever streams it can stop in between.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "common/trace/analysis.h"
#include "common/trace/flow_windows.h"

namespace muxlab::trace {

class WindowReplay {
 public:
  // The connection outlives it.
  explicit WindowReplay(const ConnectionTrace& connection);

  // Of the next frame; needs that there is one.
  std::optional<WindowView> next();

 private:
  // Frames of one direction, by index, in the order in which they went.
  struct Way {
    std::vector<std::size_t> frames;
    std::size_t seen = 0;  // by the client
    bool over() const { return seen == frames.size(); }
  };

  std::optional<WindowState> seen_by_client(std::size_t frame);
  std::optional<std::size_t> next_at_client();

  const ConnectionTrace& connection_;
  std::size_t next_ = 0;
  FlowWindows server_;
  FlowWindows client_;
  bool client_is_known_ = true;
  Way up_;
  Way down_;
  // What frames left that the client has seen, and next() not yet; none: it is not known.
  std::map<std::size_t, std::optional<WindowState>> ahead_;
};

}  // namespace muxlab::trace
