#include "common/link/tcp_connection.h"

#include <algorithm>
#include <utility>

#include "common/link/kernel_ticks.h"

namespace muxlab::link {
namespace {

constexpr Duration greeting_timeout = 1s;  // RFC 6298 section 2
constexpr int most_greeting_backoff = 6;   // Linux: tcp_syn_retries
// Linux: tcp_syn_linear_timeouts, since 6.5. A SYN waits no longer before so many timeouts have
// passed; a SYN-ACK does from the first on.
constexpr int steady_syn_timeouts = 4;

static_assert(std::uint64_t{CongestionWindow::most_packets} * segment_bytes >=
              TcpReceiver::most_window_bytes);

}  // namespace

TcpConnection::TcpConnection(ConnectionId id, CongestionControl kind, ConnectionObserver* observer)
    : id_(id), observer_(observer), flows_{Flow{kind}, Flow{kind}} {
  if (observer_ == nullptr) return;
  for (Flow& each : flows_) each.sender.report_acknowledged_to(&acknowledged_);
}

void TcpConnection::connect() {
  syn_.owed = true;
}

void TcpConnection::reset(Direction direction) {
  if (flow(direction).silent) return;
  flow(direction).owes_reset = true;
  fall_silent(direction);
}

void TcpConnection::fall_silent(Direction direction) {
  flow(direction).silent = true;
  Greeting& greeting = direction == Direction::up ? syn_ : syn_ack_;
  greeting.owed = false;
  greeting.repeat_at.reset();
}

void TcpConnection::take(const Packet& packet, Instant now) {
  switch (packet.kind) {
    case Packet::Kind::syn:
    case Packet::Kind::syn_ack:
      return take_greeting(packet, now);
    case Packet::Kind::reset:
      flow(packet.direction).reset_arrived = true;
      return fall_silent(opposite(packet.direction));
    case Packet::Kind::segment:
      break;
  }
  const Direction answering = opposite(packet.direction);
  if (packet.direction == Direction::up && !established(Direction::down)) {
    // Nothing tells which of several was answered.
    std::optional<Duration> round_trip;
    if (syn_ack_.sent == 1) round_trip = now - syn_ack_.first_sent;
    establish(Direction::down, syn_ack_, round_trip, now);
    if (observer_ != nullptr) observer_->established(Direction::down, syn_ack_.first_sent, now);
  }
  if (!established(answering)) return;
  TcpSender& sender = flow(answering).sender;
  if (packet.segment.length > 0 || packet.segment.asks_window) {
    flow(packet.direction)
        .receiver.take(packet.segment, now,
                       {.timeout = sender.timeout(), .round_trip = sender.smoothed_round_trip()});
  }
  sender.acknowledged(packet.acknowledgement, now);
  if (observer_ != nullptr) report(answering, now);
}

void TcpConnection::take_greeting(const Packet& greeting, Instant now) {
  if (flow(opposite(greeting.direction)).silent) return;
  if (greeting.kind == Packet::Kind::syn) {
    syn_echo_ = greeting.segment.sent_at;
    if (syn_ack_.sent == 0) syn_ack_.first_sent = now;
    if (established(Direction::down)) return;
    syn_ack_.owed = true;
    syn_ack_.repeat_at.reset();  // counts anew (Linux: tcp_check_req)
    return;
  }
  if (!established(Direction::up)) {
    const Instant greeted = greeting.acknowledgement.echo;
    establish(Direction::up, syn_, now - greeted, now);
    if (observer_ != nullptr) observer_->established(Direction::up, greeted, now);
  }
  flow(Direction::up).owes_acknowledgement = true;
}

void TcpConnection::establish(Direction direction, Greeting& greeting,
                              std::optional<Duration> round_trip, Instant now) {
  Flow& established = flow(direction);
  established.established = true;
  greeting.repeat_at.reset();
  greeting.owed = false;
  // Linux: tcp_init_transfer. What was sent again because the other end asked again counts as well,
  // so that one lost SYN-ACK is enough: its timer fires, and then the client's second SYN arrives.
  established.sender.established(round_trip, greeting.timeouts > 0 && greeting.sent > 2,
                                 established.receiver.window_end(), now);
}

std::optional<Instant> TcpConnection::next_event() const {
  std::optional<Instant> next = earliest(syn_.repeat_at, syn_ack_.repeat_at);
  for (const Direction direction : {Direction::down, Direction::up}) {
    if (flow(direction).silent) continue;
    next = earliest(next, flow(direction).sender.next_event());
    next = earliest(next, flow(opposite(direction)).receiver.next_event());
  }
  return next;
}

void TcpConnection::advance(Instant now) {
  repeat(syn_, now);
  repeat(syn_ack_, now);
  for (Flow& each : flows_) {
    each.sender.advance(now);
    each.receiver.advance(now);
  }
}

void TcpConnection::repeat(Greeting& greeting, Instant now) {
  if (!greeting.repeat_at || now < *greeting.repeat_at) return;
  greeting.repeat_at.reset();
  greeting.owed = true;
  ++greeting.timeouts;
}

void TcpConnection::transmit(std::vector<Packet>& packets, Instant now) {
  send_greeting(syn_, packets, now);
  send_greeting(syn_ack_, packets, now);
  send_flow(Direction::up, packets, now);
  send_flow(Direction::down, packets, now);
}

void TcpConnection::send_greeting(Greeting& greeting, std::vector<Packet>& packets, Instant now) {
  if (!greeting.owed) return;
  greeting.owed = false;
  if (!greeting.repeat_at) {
    const int steady = greeting.kind == Packet::Kind::syn ? steady_syn_timeouts : 0;
    const int doublings = std::clamp(greeting.timeouts - steady, 0, most_greeting_backoff);
    greeting.repeat_at = timer_fires(now, greeting_timeout * (1 << doublings));
  }
  ++greeting.sent;
  packets.push_back(packet(greeting.direction, greeting.kind));
  packets.back().segment.sent_at = now;
  packets.back().acknowledgement.echo = syn_echo_;
}

void TcpConnection::send_flow(Direction direction, std::vector<Packet>& packets, Instant now) {
  Flow& sending = flow(direction);
  Flow& other = flow(opposite(direction));
  if (sending.owes_reset) {
    sending.owes_reset = false;
    packets.push_back(packet(direction, Packet::Kind::reset));
  }
  if (!sending.established || sending.silent) return;
  if (std::exchange(sending.owes_acknowledgement, false)) {
    packets.push_back(packet(direction, Packet::Kind::segment));
    packets.back().acknowledgement = other.receiver.acknowledge();
  }
  const std::size_t before = packets.size();
  while (const std::optional<Segment> segment = sending.sender.next_segment(now)) {
    Packet& data = packets.emplace_back(packet(direction, Packet::Kind::segment));
    data.segment = *segment;
    other.receiver.acknowledge(data.acknowledgement);
  }
  if (packets.size() > before) {
    other.receiver.data_sent(now);
    if (observer_ != nullptr) report(direction, now);
  } else if (other.receiver.must_acknowledge()) {
    Packet& acknowledging = packets.emplace_back(packet(direction, Packet::Kind::segment));
    other.receiver.acknowledge(acknowledging.acknowledgement);
  }
}

Packet TcpConnection::packet(Direction direction, Packet::Kind kind) {
  Packet made;
  made.connection = id_;
  made.direction = direction;
  made.kind = kind;
  return made;
}

void TcpConnection::report(Direction direction, Instant now) {
  for (const Segment& segment : acknowledged_) {
    observer_->segment({.what = SegmentEvent::What::acknowledged,
                        .direction = direction,
                        .retransmission = segment.retransmission,
                        .offset = segment.begin,
                        .bytes = segment.payload_bytes(),
                        .at = now});
  }
  acknowledged_.clear();
  const TcpSender& sender = flow(direction).sender;
  observer_->congestion({.direction = direction,
                         .window_packets = sender.window().packets(),
                         .threshold_packets = sender.window().threshold(),
                         .in_flight_packets = sender.in_flight_packets(),
                         .at = now});
}

}  // namespace muxlab::link
