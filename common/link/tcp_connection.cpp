#include "common/link/tcp_connection.h"

#include <algorithm>
#include <utility>

namespace muxlab::link {
namespace {

constexpr int most_greeting_backoff = 6;  // Linux: tcp_syn_retries

static_assert(std::uint64_t{CongestionWindow::most_packets} * segment_bytes >=
              TcpReceiver::most_window_bytes);

}  // namespace

TcpConnection::TcpConnection(ConnectionId id, CongestionControl kind, ConnectionObserver* observer)
    : id_(id), observer_(observer), flows_{Flow{kind}, Flow{kind}} {
  if (observer_ == nullptr) return;
  for (Flow& each : flows_) each.sender.report_acknowledged_to(&acknowledged_);
}

void TcpConnection::connect(Instant now) {
  syn_.owed = true;
  syn_.first_sent = now;
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
      return take_greeting(packet.kind, now);
    case Packet::Kind::reset:
      flow(packet.direction).reset_arrived = true;
      return fall_silent(opposite(packet.direction));
    case Packet::Kind::segment:
      break;
  }
  const Direction answering = opposite(packet.direction);
  if (packet.direction == Direction::up && !established(Direction::down)) {
    establish(Direction::down, syn_ack_, now);
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

void TcpConnection::take_greeting(Packet::Kind kind, Instant now) {
  const Direction answering = kind == Packet::Kind::syn ? Direction::down : Direction::up;
  if (flow(answering).silent) return;
  if (kind == Packet::Kind::syn) {
    if (syn_ack_.sent == 0) syn_ack_.first_sent = now;
    if (!established(Direction::down)) syn_ack_.owed = true;
    return;
  }
  if (!established(Direction::up)) establish(Direction::up, syn_, now);
  flow(Direction::up).owes_acknowledgement = true;
}

void TcpConnection::establish(Direction direction, Greeting& greeting, Instant now) {
  Flow& established = flow(direction);
  established.established = true;
  greeting.repeat_at.reset();
  greeting.owed = false;
  std::optional<Duration> round_trip;
  if (greeting.sent == 1) round_trip = now - greeting.first_sent;
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
  const Duration wait = RoundTripTime::first_timeout;
  if (!greeting.repeat_at) {
    greeting.repeat_at = now + wait * (1 << std::min(greeting.timeouts, most_greeting_backoff));
  }
  ++greeting.sent;
  packets.push_back(packet(greeting.direction, greeting.kind));
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
