#include "common/trace/window_replay.h"

namespace muxlab::trace {
namespace {

bool changes_windows(const Frame& frame) {
  return frame.type == FrameType::data || frame.type == FrameType::window_update ||
         initial_window_in(frame).has_value();
}

WindowState state_after(const Frame& frame, const FlowWindows& windows) {
  const Direction sender =
      frame.type == FrameType::data ? frame.direction : opposite(frame.direction);
  WindowState state{windows.connection(sender), std::nullopt};
  if (frame.stream != 0) state.stream = windows.stream(sender, frame.stream);
  return state;
}

}  // namespace

// What was on its way to the client when the trace began is as if it had landed: right as soon as a
// later frame has.
WindowReplay::WindowReplay(const ConnectionTrace& connection) : connection_(connection) {
  if (connection.beginning) {
    server_ = client_ = connection.beginning->windows;
    client_is_known_ = connection.beginning->all_landed;
  }
  for (std::size_t index = 0; index < connection.frames.size(); ++index) {
    const Frame& frame = connection.frames[index];
    if (!changes_windows(frame)) continue;
    Way& way = frame.direction == Direction::down ? down_ : up_;
    // What never landed at the client it never saw.
    if (frame.direction == Direction::up || frame.landed) way.frames.push_back(index);
  }
}

std::optional<WindowView> WindowReplay::next() {
  const std::size_t index = next_++;
  const Frame& frame = connection_.frames[index];
  if (!changes_windows(frame)) return std::nullopt;
  server_.apply(frame);
  return WindowView{state_after(frame, server_), seen_by_client(index)};
}

std::optional<WindowState> WindowReplay::seen_by_client(std::size_t frame) {
  const bool never =
      connection_.frames[frame].direction == Direction::down && !connection_.frames[frame].landed;
  if (never) return std::nullopt;
  while (!ahead_.contains(frame)) {
    const std::optional<std::size_t> seen = next_at_client();
    if (!seen) return std::nullopt;
    client_.apply(connection_.frames[*seen]);
    client_is_known_ = client_is_known_ || connection_.frames[*seen].direction == Direction::down;
    const WindowState state = state_after(connection_.frames[*seen], client_);
    ahead_.emplace(*seen, client_is_known_ ? std::optional{state} : std::nullopt);
  }
  const std::optional<WindowState> state = ahead_.at(frame);
  ahead_.erase(frame);
  return state;
}

// What lands at one instant with what is sent came first: it is what the client answers to.
std::optional<std::size_t> WindowReplay::next_at_client() {
  if (up_.over() && down_.over()) return std::nullopt;
  if (up_.over()) return down_.frames[down_.seen++];
  if (down_.over()) return up_.frames[up_.seen++];
  const Frame& up = connection_.frames[up_.frames[up_.seen]];
  const Frame& down = connection_.frames[down_.frames[down_.seen]];
  return *down.landed <= up.written ? down_.frames[down_.seen++] : up_.frames[up_.seen++];
}

std::vector<std::optional<WindowView>> windows(const ConnectionTrace& connection) {
  std::vector<std::optional<WindowView>> views;
  WindowReplay replay{connection};
  for (std::size_t left = connection.frames.size(); left > 0; --left) {
    views.push_back(replay.next());
  }
  return views;
}

}  // namespace muxlab::trace
