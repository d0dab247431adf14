// How many packets a second of one core a simulated line moves in virtual time: six connections
// that download without end, once without loss and once with 1 %.
//
//   line_packets [--json]
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <vector>

#include "common/link/line.h"

namespace {

using namespace muxlab;

struct Load {
  std::string_view name;
  std::string_view line;
};

constexpr std::array<Load, 2> loads{{
    {"lossless", "rtt=30ms,down=50mbit,up=10mbit"},
    {"lossy", "rtt=30ms,down=50mbit,up=10mbit,loss=1%"},
}};
constexpr std::size_t connections = 6;
constexpr std::uint64_t packets_measured = 3'000'000;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// The server writes what there is room for, the client reads what has arrived.
void turn(link::TcpFlow flow, std::uint64_t& read, Instant now) {
  if (!flow.established()) return;
  if (const std::uint64_t room = flow.room()) flow.send(room, now);
  if (const std::uint64_t arrived = flow.arrived() - read) {
    read += arrived;
    flow.read(arrived, now);
  }
}

double packets_a_second(std::string_view profile) {
  link::Line line{link::parse_line(profile).value()};
  Instant now{};
  std::vector<std::uint64_t> read(connections + 1);  // by id, which begin with 1
  for (std::size_t each = 0; each < connections; ++each) line.connect(now);

  const double began = cpu_seconds();
  while (line.packets() < packets_measured) {
    now = *line.next_event();
    line.advance(now);
    for (const link::ConnectionId id : line.take_changed()) {
      turn(line.flow(id, Direction::down), read[id], now);
    }
  }
  return static_cast<double>(line.packets()) / (cpu_seconds() - began);
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view{argv[1]} == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: line_packets [--json]\n");
    return 2;
  }
  std::string figures;
  for (const Load& load : loads) {
    const double rate = packets_a_second(load.line);
    if (json) {
      figures += fmt::format("{}\"{}\": {{\"line\": \"{}\", \"packets_per_second\": {:.0f}}}",
                             figures.empty() ? "" : ", ", load.name, load.line, rate);
    } else {
      fmt::print("{:<9} {:<40} {:.2f} million packets/s\n", load.name, load.line, rate / 1e6);
    }
  }
  if (json) fmt::print("{{{}}}\n", figures);
}
