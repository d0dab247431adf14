#include "common/trace/client_ports.h"

#include <set>

namespace muxlab::trace {
namespace {

// None: all are taken.
std::uint16_t free_port(const std::set<std::uint16_t>& taken) {
  constexpr std::uint16_t first_private = 49152;  // RFC 6335 section 6
  constexpr std::uint32_t last = 65535;
  for (std::uint32_t port = first_private; port <= last; ++port) {
    const auto candidate = static_cast<std::uint16_t>(port);
    if (!taken.contains(candidate)) return candidate;
  }
  return 0;
}

}  // namespace

std::vector<std::uint16_t> client_ports(const RunTrace& trace) {
  std::set<std::uint16_t> taken;
  std::vector<std::uint16_t> ports;
  for (const auto& connection : trace.connections) {
    const std::uint16_t own = connection->facts.client_port;
    const bool is_free = own != 0 && !taken.contains(own);
    ports.push_back(is_free ? own : free_port(taken));
    taken.insert(ports.back());
  }
  return ports;
}

}  // namespace muxlab::trace
