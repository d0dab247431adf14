// One simulated TCP connection: its handshake and a flow each way, acknowledgements riding on the
// other direction's data. In go writes and packets that arrived, out come packets to send. Knows no
// line: what becomes of a packet is not its business.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/connection_observer.h"
#include "common/base/direction.h"
#include "common/base/time.h"
#include "common/link/packet.h"
#include "common/link/tcp_receiver.h"
#include "common/link/tcp_sender.h"

namespace muxlab::link {

class TcpConnection {
 public:
  // `observer` may be null, and outlives the connection.
  TcpConnection(ConnectionId id, CongestionControl kind, ConnectionObserver* observer);
  TcpConnection(const TcpConnection&) = delete;  // the senders report into this object
  TcpConnection& operator=(const TcpConnection&) = delete;

  ConnectionId id() const { return id_; }
  ConnectionObserver* observer() const { return observer_; }

  // The client's SYN leaves.
  void connect();

  // The two halves of a direction. After changing one, call transmit().
  TcpSender& sender(Direction direction) { return flow(direction).sender; }
  const TcpSender& sender(Direction direction) const { return flow(direction).sender; }
  TcpReceiver& receiver(Direction direction) { return flow(direction).receiver; }
  const TcpReceiver& receiver(Direction direction) const { return flow(direction).receiver; }

  // The end that sends in this direction knows that the other one is there.
  bool established(Direction direction) const { return flow(direction).established; }

  // Ends the connection at once, in both directions: this end sends nothing more but the news, and
  // neither does whoever gets them.
  void reset(Direction direction);
  // The news has arrived, with a packet of this direction.
  bool was_reset(Direction direction) const { return flow(direction).reset_arrived; }

  // A packet arrived at the end of its direction.
  void take(const Packet& packet, Instant now);

  // Timers of both ends.
  std::optional<Instant> next_event() const;
  void advance(Instant now);

  // Adds what is to be sent at `now` to `packets`.
  void transmit(std::vector<Packet>& packets, Instant now);

 private:
  struct Flow {
    explicit Flow(CongestionControl kind) : sender(kind) {}

    TcpSender sender;
    TcpReceiver receiver;
    bool established = false;
    bool owes_acknowledgement = false;  // of the handshake: at once, before any data
    bool owes_reset = false;
    bool reset_arrived = false;
    bool silent = false;  // the end that sends in this direction is gone
  };

  // The handshake, as each end sees it:
  //
  //   client: SYN --SYN-ACK arrives: ACK--> established(up)
  //   server: SYN arrives: SYN-ACK --any segment arrives--> established(down)
  //
  // Each repeats its packet after a second, and later after 2 s, 4 s and so on (RFC 6298 section
  // 2).
  struct Greeting {
    Greeting(Packet::Kind what, Direction where) : kind(what), direction(where) {}

    Packet::Kind kind;
    Direction direction;
    bool owed = false;
    int sent = 0;
    int timeouts = 0;
    Instant first_sent{};  // of the SYN-ACK
    std::optional<Instant> repeat_at;
  };

  Flow& flow(Direction direction) { return flows_[static_cast<std::size_t>(direction)]; }
  const Flow& flow(Direction direction) const {
    return flows_[static_cast<std::size_t>(direction)];
  }

  void take_greeting(const Packet& greeting, Instant now);
  void establish(Direction direction, Greeting& greeting, std::optional<Duration> round_trip,
                 Instant now);
  void repeat(Greeting& greeting, Instant now);
  void fall_silent(Direction direction);
  void send_greeting(Greeting& greeting, std::vector<Packet>& packets, Instant now);
  void send_flow(Direction direction, std::vector<Packet>& packets, Instant now);
  Packet packet(Direction direction, Packet::Kind kind);
  void report(Direction direction, Instant now);

  ConnectionId id_;
  ConnectionObserver* observer_;
  std::array<Flow, 2> flows_;  // by Direction
  Greeting syn_{Packet::Kind::syn, Direction::up};
  Greeting syn_ack_{Packet::Kind::syn_ack, Direction::down};
  Instant syn_echo_{};                 // when the SYN was sent that the server answers
  std::vector<Segment> acknowledged_;  // to be reported; filled only for an observer
};

}  // namespace muxlab::link
