// Two programs on a simulated line that speak in turn, without TLS and HTTP: what they say is so
// many bytes, and what is measured is how long TCP takes for them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/link/line.h"
#include "tests/support/quiet_observer.h"

namespace muxlab::test {

// A client and a server on one connection that speak in turn.
class Conversation : private QuietObserver {
 public:
  explicit Conversation(std::string_view line)
      : line_(link::parse_line(line).value()), id_(line_.connect(now_, this)) {
    while (!flow(Direction::up).established()) step();
  }

  // One end says so many bytes. Gives how long it took until the other had read all.
  Duration says(Direction from, std::uint64_t bytes) {
    const Instant began = now_;
    const std::uint64_t all = said_[index(from)] + bytes;
    begins_to_say(from, bytes);
    while (read_[index(from)] < all && line_.next_event()) step();
    EXPECT_EQ(read_[index(from)], all);
    return now_ - began;
  }

  // The same, and gives how many packets are out when all has left that may.
  std::uint32_t begins_to_say(Direction from, std::uint64_t bytes) {
    said_[index(from)] += bytes;
    turn();
    return state_[index(from)].in_flight_packets;
  }

  // Until the other end has read so much of what this one has said.
  void hears(Direction from, std::uint64_t bytes) {
    while (read_[index(from)] < bytes && line_.next_event()) step();
    EXPECT_GE(read_[index(from)], bytes);
  }

  // Since the client's SYN left.
  Duration so_far() const { return now_ - Instant{}; }

  // Nobody says anything for so long.
  void pause(Duration duration) {
    const Instant until = now_ + duration;
    while (line_.next_event() && *line_.next_event() <= until) step();
    line_.advance(until);
    now_ = until;
  }

  // Until all that one end has said is acknowledged, and then for so long. Gives how long that was.
  Duration rest(Direction from, Duration duration) {
    const Instant began = now_;
    while (state(from).in_flight_packets > 0) step();
    pause(duration);
    return now_ - began;
  }

  void client_stops_reading() { reads_ = false; }
  void client_reads_again() { reads_ = true; }

  const CongestionState& state(Direction direction) const { return state_[index(direction)]; }

 private:
  static std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }
  link::TcpFlow flow(Direction direction) { return line_.flow(id_, direction); }

  void congestion(const CongestionState& state) override { state_[index(state.direction)] = state; }

  void step() {
    now_ = *line_.next_event();
    line_.advance(now_);
    line_.take_changed();
    turn();
  }

  // Each end writes what it has to say as there is room, and reads what arrives.
  void turn() {
    for (const Direction each : {Direction::up, Direction::down}) {
      if (each == Direction::up || reads_) read_all(each);
      if (!flow(each).established()) continue;
      std::uint64_t& written = written_[index(each)];
      while (const std::uint64_t piece =
                 std::min(said_[index(each)] - written, flow(each).room())) {
        written += piece;
        flow(each).send(piece, now_);
      }
    }
  }

  void read_all(Direction direction) {
    const std::uint64_t waiting = flow(direction).arrived() - read_[index(direction)];
    if (waiting == 0) return;
    read_[index(direction)] += waiting;
    flow(direction).read(waiting, now_);
  }

  Instant now_{};
  link::Line line_;
  link::ConnectionId id_;
  bool reads_ = true;
  std::array<std::uint64_t, 2> said_{};
  std::array<std::uint64_t, 2> written_{};
  std::array<std::uint64_t, 2> read_{};
  std::array<CongestionState, 2> state_{};
};

}  // namespace muxlab::test
