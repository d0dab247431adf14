// What a client's access line is like: how far, how fast, how lossy, how deep its queues. A plain
// value, written by people as text ("rtt=80ms,down=10mbit,up=2mbit,loss=1%") or by the name of a
// preset. Knows nothing of how a line is simulated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/direction.h"
#include "common/base/result.h"
#include "common/base/time.h"

namespace muxlab::link {

enum class CongestionControl { reno, cubic };

// Names one data segment that is lost the first time it is sent: the nth of its direction, counted
// from 1, of the nth connection of the line (0: of every connection).
struct NamedLoss {
  std::uint32_t connection = 0;
  Direction direction = Direction::down;
  std::uint64_t segment = 1;

  bool operator==(const NamedLoss&) const = default;
};

struct LineProfile {
  std::string preset;  // the name it came from; empty once anything was changed

  Duration rtt{};                         // there and back, without queueing
  std::optional<std::uint64_t> down_bps;  // bits a second; none: without a limit
  std::optional<std::uint64_t> up_bps;
  double loss_down = 0;  // share of packets, 0 to 1
  double loss_up = 0;
  // Mean number of packets lost in a row, at least 1: losses come in bursts (Gilbert and Elliott's
  // model, where everything is lost in the bad state and nothing in the good one; the share of all
  // packets lost stays loss_down and loss_up). None: each packet's fate is its own.
  std::optional<double> burst;
  std::vector<NamedLoss> lose;
  // What waits in front of the bottleneck, each way; a packet that finds the queue full is dropped.
  std::size_t queue_packets = 100;
  std::optional<std::uint64_t> queue_bytes;  // if given, it counts instead of queue_packets
  CongestionControl congestion_control = CongestionControl::reno;
  std::uint64_t seed = 1;

  bool operator==(const LineProfile&) const = default;

  // Nothing is simulated on such a line: no distance, no limit, no loss.
  bool is_perfect() const;
};

// The ranges that a profile keeps to. The longest round trip leaves a TLS handshake, three of them,
// within the setup timeout of 10 s; the slowest rate moves a full packet in 1.5 s.
inline constexpr Duration longest_rtt = 2s;
inline constexpr std::uint64_t lowest_bps = 8'000;
inline constexpr std::uint64_t highest_bps = 10'000'000'000;
inline constexpr double least_loss = 1e-9;  // one packet in 10^9; less is none
inline constexpr std::size_t most_queue_packets = 10'000;
inline constexpr std::uint64_t least_queue_bytes = 1'500;      // one full packet
inline constexpr std::uint64_t most_queue_bytes = 15'000'000;  // as many full packets
inline constexpr double longest_burst = 1'000;
inline constexpr std::size_t most_named_losses = 64;
inline constexpr std::size_t longest_line_text = 4'096;  // room for all of them

// Reads a preset's name, or fields divided by commas, the preset first if there is one:
//   cable
//   rtt=80ms,down=10mbit,up=2mbit,loss=1%,queue=100,cc=reno,seed=7
//   cable,rtt=200ms
// rtt: ms or s. down and up: bit, kbit, mbit, gbit a second, or "unlimited". loss: both ways, in
// percent; loss_down, loss_up: one. queue: packets, or with kB or MB (1000 and 1,000,000 bytes)
// bytes; then queue_packets has its default. burst: packets, or "none". lose: segments divided by
// '+', "c1:7" (connection 1, the 7th segment down), "c1:up:7", "7" (of every connection). A failure
// says which field is wrong, what it was, and what it may be; it begins with the field's name,
// "rtt: ...", with "preset: ..." of a name that is none, and with "line: ..." of the text as a
// whole.
Result<LineProfile> parse_line(std::string_view text);

// A text that parse_line() reads back as the same profile: the preset's name, or the fields that
// differ from a line without any, each as short as it can be said without loss.
std::string line_text(const LineProfile& profile);

// Checks the ranges above for a profile that did not come from parse_line(). A failure begins with
// the field's name, as in the text: "loss_down: ...".
Status check(const LineProfile& profile);

// Takes the preset's name away unless all is as the preset says.
void forget_changed_preset(LineProfile& profile);

// One named loss, as in `lose`. A failure begins with "lose: ".
Result<NamedLoss> parse_named_loss(std::string_view text);
std::string named_loss_text(const NamedLoss& loss);

std::string_view name_of(CongestionControl kind);
std::optional<CongestionControl> congestion_control_named(std::string_view name);

struct Preset {
  LineProfile profile;      // its `preset` is its name
  std::string_view what;    // for people, in a few words
  std::string_view source;  // where the figures come from
};

// fiber, cable, dsl, 4g, 3g, satellite, lossy-wifi, perfect, in this order.
const std::vector<Preset>& presets();
const Preset* preset_named(std::string_view name);  // null: there is none

// What to say of a name that is none: "preset: "cabel" is none; did you mean cable?"
Failure no_preset(std::string_view name);

}  // namespace muxlab::link
