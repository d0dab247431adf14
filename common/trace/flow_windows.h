// HTTP/2's windows (RFC 9113 section 5.2) as one end sees them: how much each direction's sender
// may still send. Fed with the frames in that end's order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "common/base/direction.h"
#include "common/trace/frame.h"

namespace muxlab::trace {

class FlowWindows {
 public:
  void apply(const Frame& frame);

  // Lets go what became of streams that are over: of all but those that `is_open` says.
  template <typename IsOpen>
  void keep_streams(IsOpen is_open) {
    for (Side& each : sides_) {
      std::erase_if(each.changes, [&](const auto& change) { return !is_open(change.first); });
    }
  }
  // Of how many streams something is known in a direction, at most.
  std::size_t streams() const {
    return std::max(sides_[0].changes.size(), sides_[1].changes.size());
  }

  std::int64_t connection(Direction sender) const { return side(sender).connection; }
  std::int64_t stream(Direction sender, std::uint32_t stream) const;

 private:
  static constexpr std::int64_t initial_bytes = 65535;  // RFC 9113 section 6.9.2
  struct Side {
    std::int64_t connection = initial_bytes;
    std::int64_t initial = initial_bytes;
    // What became of a stream's window since it was the initial one, whatever that is now.
    std::unordered_map<std::uint32_t, std::int64_t> changes;
  };
  Side& side(Direction sender) { return sides_[static_cast<std::size_t>(sender)]; }
  const Side& side(Direction sender) const { return sides_[static_cast<std::size_t>(sender)]; }

  Side sides_[2];
};

// The INITIAL_WINDOW_SIZE that a SETTINGS frame sets, the last one; none: another frame, or it sets
// none.
std::optional<std::uint32_t> initial_window_in(const Frame& frame);

}  // namespace muxlab::trace
