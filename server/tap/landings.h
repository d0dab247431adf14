// What went down and has not landed yet, by where it ends on the wire. Knows no trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "common/base/time.h"

namespace muxlab::server::tap {

// Something of a trace that waits to land. `index` is its number, counted from the connection's
// first of its kind.
struct Expected {
  enum class What : std::uint8_t {
    plaintext,
    frame,
    promise,     // an exchange's, pushed
    first_byte,  // an exchange's
    last_byte,
  };
  What what;
  std::size_t index;
};

// Landings are remembered for what turns out to have landed before it was understood: the first
// record of a head whose last one is still to come. A server writes a head at once, so that these
// are few.
inline constexpr std::size_t most_remembered_landings = 64;

class Landings {
 public:
  // Needs !landed_at(wire_end).
  void expect(std::uint64_t wire_end, Expected expected);

  // The first `wire_bytes` have landed. Gives what was expected of them, in the order of the wire.
  std::vector<Expected> land(std::uint64_t wire_bytes, Instant at);

  // When the bytes before `wire_end` had landed, as far back as is remembered; none: not yet.
  std::optional<Instant> landed_at(std::uint64_t wire_end) const;

 private:
  struct Landing {
    std::uint64_t wire_bytes;
    Instant at;
  };

  std::multimap<std::uint64_t, Expected> expected_;  // bounded by what the trace may hold
  std::deque<Landing> landings_;  // the last ones, each further than the one before
};

}  // namespace muxlab::server::tap
