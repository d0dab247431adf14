// One client's access line: a bottleneck each way, shared by all its connections.
// Owns the queues, the losses, the connections' TCP and the order of events; knows nothing of TLS,
// HTTP or sockets. Time is passed in: the same calls give the same result, in a test or in a second
// of real time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/base/connection_observer.h"
#include "common/base/direction.h"
#include "common/base/time.h"
#include "common/link/bottleneck.h"
#include "common/link/line_profile.h"
#include "common/link/packet.h"
#include "common/link/tcp_connection.h"

namespace muxlab::link {

class TcpFlow;

// What all connections of a line may have waiting for their readers: each one's receive window is
// its share of that, but never less than what TCP begins with. Whoever had a larger share while
// there were fewer keeps what it has been allowed.
inline constexpr std::uint64_t line_memory_bytes = 64 * 1024 * 1024;
inline constexpr std::uint64_t least_window_bytes = TcpReceiver::first_window_bytes;

class Line {
 public:
  explicit Line(LineProfile profile, Chance chance = Chance::of_each_packet);

  const LineProfile& profile() const { return profile_; }
  // For packets that are sent from now on; congestion control and named losses, for connections
  // made from now on.
  void change(LineProfile profile);

  // A client connects: its SYN leaves at `now`. The observer, if any, outlives the connection.
  ConnectionId connect(Instant now, ConnectionObserver* observer = nullptr);
  // Both ends are gone; what is under way arrives nowhere.
  void disconnect(ConnectionId id);
  std::size_t connections() const { return connections_.size(); }

  // One direction of a connection that has not been disconnected. Valid until it is.
  TcpFlow flow(ConnectionId id, Direction direction);

  // Loses the next `segments` packets with data that the connection sends in this direction.
  void drop_next(ConnectionId id, Direction direction, std::uint64_t segments);

  // What is due by `now` happens, in order; `now` never goes back, and no call above may come with
  // an earlier one.
  void advance(Instant now);
  std::optional<Instant> next_event() const;

  // The connections to which something has happened since the last call: bytes arrived, there is
  // room to send, the other end has gone. Each once.
  std::vector<ConnectionId> take_changed();

  // Of both directions and all kinds, given to the bottlenecks so far.
  std::uint64_t packets() const { return packets_given_; }

 private:
  friend class TcpFlow;

  struct Connected {
    Connected(ConnectionId id, CongestionControl kind, ConnectionObserver* observer)
        : tcp(id, kind, observer) {}

    TcpConnection tcp;
    std::array<std::uint64_t, 2> packets{};    // sent, by Direction: numbers the draws
    std::array<std::uint64_t, 2> drop_next{};  // by Direction
    std::optional<Instant> timer;              // for which an event stands in the heap
    bool changed = false;
  };

  // A packet arrives, or a connection's timer is due. Of two at the same time the one that was
  // caused first is first.
  struct Event {
    Instant at;
    std::uint64_t sequence;
    ConnectionId connection;
    std::uint32_t packet;  // in packets_, or `timer`
  };
  struct Later {
    bool operator()(const Event& one, const Event& other) const {
      return one.at != other.at ? one.at > other.at : one.sequence > other.sequence;
    }
  };
  static constexpr std::uint32_t timer = UINT32_MAX;

  Connected* find(ConnectionId id);
  void settle(Connected& connected, Instant now);
  void send(Connected& connected, const Packet& packet, Instant now);
  bool is_doomed(Connected& connected, const Packet& packet);
  void schedule(Instant at, ConnectionId connection, std::uint32_t packet);
  void schedule_timer(Connected& connected);
  void happen(const Event& event);
  void mark_changed(Connected& connected);
  void share_memory();

  LineProfile profile_;
  std::array<Bottleneck, 2> bottlenecks_;  // by Direction
  std::unordered_map<ConnectionId, std::unique_ptr<Connected>> connections_;
  ConnectionId last_id_ = 0;

  std::vector<Event> events_;  // a heap, the next one first
  std::uint64_t sequence_ = 0;
  std::vector<Packet> packets_;             // under way; the events know them by place
  std::vector<std::uint32_t> free_places_;  // in packets_
  std::vector<Packet> departing_;           // of one call; kept for its memory
  std::vector<ConnectionId> changed_;
  std::uint64_t packets_given_ = 0;
};

// One direction of one connection, for whoever writes at its beginning and reads at its end.
class TcpFlow {
 public:
  // At the beginning: the far end is known to be there; how many bytes to write now; what was
  // written; that nothing follows.
  bool established() const;
  std::uint64_t room() const;
  void send(std::uint64_t bytes, Instant now);
  void end(Instant now);
  // Ends the connection from here: the other end learns it when the news has arrived.
  void reset(Instant now);
  std::uint64_t unsent_bytes() const { return sender().unsent_bytes(); }

  // At the end: all bytes that arrived in order so far; how many of them have been read; that they
  // are all; that the beginning has reset the connection.
  std::uint64_t arrived() const;
  void read(std::uint64_t bytes, Instant now);
  bool ended() const;
  bool was_reset() const;

 private:
  friend class Line;
  TcpFlow(Line& line, Line::Connected& connected, Direction direction)
      : line_(&line), connected_(&connected), direction_(direction) {}

  TcpSender& sender() const { return connected_->tcp.sender(direction_); }
  TcpReceiver& receiver() const { return connected_->tcp.receiver(direction_); }

  Line* line_;
  Line::Connected* connected_;
  Direction direction_;
};

}  // namespace muxlab::link
