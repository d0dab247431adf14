// A line in virtual time, and connections on it whose ends write all they have as soon as there is
// room and read all that arrives: what is left is the line.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/link/line.h"
#include "common/link/line_profile.h"
#include "tests/support/quiet_observer.h"

namespace muxlab::test {

inline constexpr std::uint64_t segment = link::segment_bytes;

// One thing that happened to a segment, as a value that tests compare and print; the time since the
// line was made.
using Told =
    std::tuple<SegmentEvent::What, Direction, bool, std::uint64_t, std::uint32_t, Duration>;

class VirtualLine;

class VirtualConnection final : public QuietObserver {
 public:
  VirtualConnection(VirtualLine& line, Direction direction) : line_(line), direction_(direction) {}

  // Writes so many bytes from now on, as the line has room.
  void send(std::uint64_t bytes);
  void end() { ends_ = true; }

  // The observer's two events of these names, which the questions below would hide.
  using QuietObserver::ended;
  using QuietObserver::landed;

  // How long after the first send() the first so many bytes had landed, in order. Needs that they
  // have.
  Duration landed(std::uint64_t bytes) const;
  std::uint64_t landed_bytes() const { return landed_.empty() ? 0 : landed_.rbegin()->first; }
  // By the time of the line.
  Instant landed_at(std::uint64_t bytes) const { return began_ + landed(bytes); }
  bool ended() const { return ended_; }

  // Whoever reads stops, and goes on.
  void stop_reading() { reads_ = false; }
  void read_again() { reads_ = true; }

  std::size_t count(SegmentEvent::What what) const;
  const std::vector<SegmentEvent>& segments() const { return segments_; }
  std::vector<Told> log() const;
  const std::vector<CongestionState>& congestion_states() const { return states_; }
  std::uint32_t widest_window() const;

  void segment(const SegmentEvent& event) override { segments_.push_back(event); }
  void congestion(const CongestionState& state) override { states_.push_back(state); }

  link::ConnectionId id = 0;  // 0: disconnected

 private:
  friend class VirtualLine;
  void turn();

  VirtualLine& line_;
  Direction direction_;
  Instant began_{};
  std::uint64_t unwritten_ = 0;
  bool began_sending_ = false;
  bool ends_ = false;
  bool end_said_ = false;
  bool reads_ = true;
  bool ended_ = false;
  std::uint64_t read_ = 0;
  std::map<std::uint64_t, Instant> landed_;  // so many bytes by then
  std::vector<SegmentEvent> segments_;
  std::vector<CongestionState> states_;
};

class VirtualLine {
 public:
  explicit VirtualLine(std::string_view profile, Instant start = Instant{})
      : began(start), now(start), line(parsed(profile)) {}

  void change(std::string_view profile) { line.change(parsed(profile)); }

  // A connection whose handshake is done; data will go in `direction`.
  VirtualConnection& connect(Direction direction = Direction::down) {
    VirtualConnection& made = begin_to_connect(direction);
    while (!established(made)) step();
    return made;
  }

  // The SYN has just left.
  VirtualConnection& begin_to_connect(Direction direction = Direction::down) {
    connections_.push_back(std::make_unique<VirtualConnection>(*this, direction));
    VirtualConnection& made = *connections_.back();
    made.id = line.connect(now, &made);
    made.began_ = now;
    return made;
  }

  // Both ends are gone; what had been noted of it stays.
  void disconnect(VirtualConnection& connection) {
    line.disconnect(connection.id);
    connection.id = 0;
  }

  bool established(const VirtualConnection& connection) {
    return line.flow(connection.id, connection.direction_).established();
  }

  // Nothing is left that could happen; false: `most` has passed before.
  bool run_until_idle(Duration most = 1h) {
    const Instant deadline = now + most;
    for (const auto& each : connections_) each->turn();
    while (line.next_event()) {
      if (*line.next_event() > deadline) return false;
      step();
    }
    return true;
  }

  void run_for(Duration duration) {
    const Instant until = now + duration;
    for (const auto& each : connections_) each->turn();
    while (line.next_event() && *line.next_event() <= until) step();
    line.advance(until);
    now = until;
  }

  void step() {
    assert(line.next_event());
    now = *line.next_event();
    line.advance(now);
    for (const link::ConnectionId id : line.take_changed()) {
      for (const auto& each : connections_) {
        if (each->id == id) each->turn();
      }
    }
  }

  static link::LineProfile parsed(std::string_view text) {
    auto profile = link::parse_line(text);
    assert(profile.ok());
    return std::move(profile.value());
  }

  const Instant began;
  Instant now;
  link::Line line;

 private:
  std::vector<std::unique_ptr<VirtualConnection>> connections_;
};

inline void VirtualConnection::send(std::uint64_t bytes) {
  if (!std::exchange(began_sending_, true)) began_ = line_.now;
  unwritten_ += bytes;
  turn();
}

inline void VirtualConnection::turn() {
  if (id == 0) return;
  link::TcpFlow flow = line_.line.flow(id, direction_);
  if (const std::uint64_t arrived = flow.arrived(); arrived > landed_bytes()) {
    landed_.emplace(arrived, line_.now);
  }
  ended_ = flow.ended();
  if (const std::uint64_t waiting = flow.arrived() - read_; reads_ && waiting > 0) {
    read_ += waiting;
    flow.read(waiting, line_.now);
  }
  while (unwritten_ > 0 && flow.established() && flow.room() > 0) {
    const std::uint64_t piece = std::min(unwritten_, flow.room());
    unwritten_ -= piece;
    flow.send(piece, line_.now);
  }
  if (ends_ && unwritten_ == 0 && !std::exchange(end_said_, true)) flow.end(line_.now);
}

inline Duration VirtualConnection::landed(std::uint64_t bytes) const {
  const auto found = landed_.lower_bound(bytes);
  assert(found != landed_.end());
  return found->second - began_;
}

inline std::size_t VirtualConnection::count(SegmentEvent::What what) const {
  std::size_t count = 0;
  for (const SegmentEvent& event : segments_) count += event.what == what ? 1 : 0;
  return count;
}

inline std::vector<Told> VirtualConnection::log() const {
  std::vector<Told> told;
  for (const SegmentEvent& event : segments_) {
    told.emplace_back(event.what, event.direction, event.retransmission, event.offset, event.bytes,
                      event.at - line_.began);
  }
  return told;
}

inline std::uint32_t VirtualConnection::widest_window() const {
  std::uint32_t widest = 0;
  for (const CongestionState& state : states_) {
    if (state.direction == direction_) widest = std::max(widest, state.window_packets);
  }
  return widest;
}

}  // namespace muxlab::test
