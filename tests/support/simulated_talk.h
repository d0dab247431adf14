// Both ends of connections over a simulated line, in virtual time: who sends bytes that tell their
// place, who reads and checks them, and who stops.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "common/link/simulated_link.h"
#include "tests/support/virtual_line.h"

namespace muxlab::test {

using link::SimulatedLink;

// What is sent in a direction: bytes that tell their place, up to a period that no block divides.
inline constexpr std::uint64_t period = 65'521;

inline const std::vector<std::uint8_t>& pattern() {
  static const std::vector<std::uint8_t> made = [] {
    std::mt19937 random(1);
    std::vector<std::uint8_t> bytes(2 * period);
    for (std::size_t place = 0; place < period; ++place) {
      bytes[place] = bytes[place + period] = static_cast<std::uint8_t>(random());
    }
    return bytes;
  }();
  return made;
}

// At most a period.
inline Bytes bytes_at(std::uint64_t place, std::uint64_t count) {
  return Bytes{pattern()}.subspan(place % period, count);
}

// What has come at one end, and whether each byte was the one that belonged there.
class Reading {
 public:
  void take(ByteQueue& from) {
    while (!from.empty()) {
      const std::size_t count = note(from.front());
      from.consume(count);
    }
  }
  std::size_t note(Bytes bytes) {
    const Bytes sent = bytes_at(bytes_, bytes.size());
    intact_ = intact_ && std::memcmp(bytes.data(), sent.data(), bytes.size()) == 0;
    bytes_ += bytes.size();
    return bytes.size();
  }
  std::uint64_t bytes() const { return bytes_; }
  bool intact() const { return intact_; }

 private:
  std::uint64_t bytes_ = 0;
  bool intact_ = true;
};

// One connection and whoever sits at its ends: they write in pieces of at most `largest_piece`
// what they were told to, as soon as the link wants it, and read all unless told not to.
class Talk {
 public:
  Talk(std::shared_ptr<link::Line> line, Instant now) : link(std::move(line), now) {}

  void turn(Instant now) {
    link.collect(now);
    if (server_reads) {
      at_server.take(link.arrived());
      link.took(now);
    }
    while (client_reads && !link.output().empty()) {
      link.sent(at_client.note(link.output().front()), now);
    }
    while (server_has > 0 && link.room() > 0) server_writes(std::min(link.room(), server_has), now);
    while (client_has > 0 && link.wants_input()) client_writes(now);
  }

  void server_writes(std::uint64_t most, Instant now) {
    const std::uint64_t count = std::min(most, largest_piece);
    link.departing().append(bytes_at(server_wrote, count));
    link.depart(now);
    server_has -= count;
    server_wrote += count;
  }

  void client_writes(Instant now) {
    const std::uint64_t count = std::min(client_has, largest_piece);
    link.receive(bytes_at(client_wrote, count), now);
    client_has -= count;
    client_wrote += count;
  }

  // Held by the simulation.
  std::uint64_t bytes_down() const { return server_wrote - at_client.bytes(); }
  std::uint64_t bytes_up() const { return client_wrote - at_server.bytes(); }

  SimulatedLink link;
  std::uint64_t server_has = 0;
  std::uint64_t client_has = 0;
  std::uint64_t server_wrote = 0;
  std::uint64_t client_wrote = 0;
  std::uint64_t largest_piece = 16 * 1024;
  bool server_reads = true;
  bool client_reads = true;
  Reading at_server;
  Reading at_client;
};

class Lane {
 public:
  explicit Lane(std::string_view profile)
      : line(std::make_shared<link::Line>(VirtualLine::parsed(profile))) {}

  Talk& connect() {
    talks.push_back(std::make_unique<Talk>(line, now));
    return *talks.back();
  }

  // Gives how many events there were.
  std::size_t run_for(Duration duration) {
    const Instant until = now + duration;
    std::size_t events = 0;
    turn();
    for (; line->next_event() && *line->next_event() <= until; ++events) {
      now = *line->next_event();
      line->advance(now);
      for (const link::ConnectionId id : line->take_changed()) talks[id - 1]->turn(now);
    }
    now = until;
    line->advance(now);
    return events;
  }

  void turn() {
    for (const auto& each : talks) each->turn(now);
  }

  void change(std::string_view profile) { line->change(VirtualLine::parsed(profile)); }

  Instant now{};
  std::shared_ptr<link::Line> line;
  std::vector<std::unique_ptr<Talk>> talks;
};

// --- What goes in comes out

}  // namespace muxlab::test
