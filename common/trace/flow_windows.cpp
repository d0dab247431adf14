#include "common/trace/flow_windows.h"

namespace muxlab::trace {

void FlowWindows::apply(const Frame& frame) {
  if (frame.type == FrameType::data) {
    Side& sender = side(frame.direction);
    sender.connection -= frame.length;  // padding counts: RFC 9113 section 6.1
    sender.changes[frame.stream] -= frame.length;
    return;
  }
  Side& other = side(opposite(frame.direction));
  if (const auto* update = std::get_if<WindowUpdateDetail>(&frame.detail)) {
    (frame.stream == 0 ? other.connection : other.changes[frame.stream]) += update->increment;
  } else if (const auto initial = initial_window_in(frame)) {
    other.initial = *initial;
  }
}

std::int64_t FlowWindows::stream(Direction sender, std::uint32_t stream) const {
  const auto change = side(sender).changes.find(stream);
  return side(sender).initial + (change == side(sender).changes.end() ? 0 : change->second);
}

std::optional<std::uint32_t> initial_window_in(const Frame& frame) {
  constexpr std::uint16_t initial_window_size = 0x4;  // RFC 9113 section 6.5.2
  std::optional<std::uint32_t> found;
  if (const auto* detail = std::get_if<SettingsDetail>(&frame.detail)) {
    for (const auto& [identifier, value] : detail->settings) {
      if (identifier == initial_window_size) found = value;
    }
  }
  return found;
}

}  // namespace muxlab::trace
