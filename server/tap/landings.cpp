#include "server/tap/landings.h"

#include <algorithm>

namespace muxlab::server::tap {

void Landings::expect(std::uint64_t wire_end, Expected expected) {
  expected_.emplace(wire_end, expected);
}

std::vector<Expected> Landings::land(std::uint64_t wire_bytes, Instant at) {
  if (!landings_.empty() && wire_bytes <= landings_.back().wire_bytes) return {};
  landings_.push_back({wire_bytes, at});
  if (landings_.size() > most_remembered_landings) landings_.pop_front();

  std::vector<Expected> landed;
  const auto end = expected_.upper_bound(wire_bytes);
  for (auto each = expected_.begin(); each != end; ++each) landed.push_back(each->second);
  expected_.erase(expected_.begin(), end);
  return landed;
}

std::optional<Instant> Landings::landed_at(std::uint64_t wire_end) const {
  const auto reached = [](const Landing& landing, std::uint64_t end) {
    return landing.wire_bytes < end;
  };
  const auto found = std::lower_bound(landings_.begin(), landings_.end(), wire_end, reached);
  if (found == landings_.end()) return std::nullopt;
  return found->at;
}

}  // namespace muxlab::server::tap
