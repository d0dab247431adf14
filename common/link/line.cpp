#include "common/link/line.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "common/base/pulled_late.h"

namespace muxlab::link {
namespace {

std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

SegmentEvent segment_event(SegmentEvent::What what, const Packet& packet, Instant at) {
  return {.what = what,
          .direction = packet.direction,
          .retransmission = packet.segment.retransmission,
          .offset = packet.segment.begin,
          .bytes = packet.segment.payload_bytes(),
          .at = at};
}

}  // namespace

Line::Line(LineProfile profile, Chance chance)
    : profile_(std::move(profile)),
      bottlenecks_{Bottleneck{Direction::down, profile_, chance},
                   Bottleneck{Direction::up, profile_, chance}} {}

void Line::change(LineProfile profile) {
  profile_ = std::move(profile);
  for (Bottleneck& each : bottlenecks_) each.change(profile_);
}

ConnectionId Line::connect(Instant now, ConnectionObserver* observer) {
  const ConnectionId id = ++last_id_;
  auto connected = std::make_unique<Connected>(id, profile_.congestion_control, observer);
  Connected& made = *connected;
  connections_.emplace(id, std::move(connected));
  share_memory();
  made.tcp.connect();
  settle(made, now);
  return id;
}

void Line::disconnect(ConnectionId id) {
  connections_.erase(id);
  std::erase(changed_, id);
  share_memory();
}

// A window once said is never taken back, so that a share is what it was until more is read.
void Line::share_memory() {
  if (connections_.empty()) return;
  const std::uint64_t share = std::clamp(line_memory_bytes / (2 * connections_.size()),
                                         least_window_bytes, TcpReceiver::most_window_bytes);
  for (const auto& [id, connected] : connections_) {
    connected->tcp.receiver(Direction::down).set_window(share);
    connected->tcp.receiver(Direction::up).set_window(share);
  }
}

TcpFlow Line::flow(ConnectionId id, Direction direction) {
  Connected* const connected = find(id);
  assert(connected != nullptr);
  return TcpFlow{*this, *connected, direction};
}

void Line::drop_next(ConnectionId id, Direction direction, std::uint64_t segments) {
  if (Connected* const connected = find(id)) connected->drop_next[index(direction)] += segments;
}

Line::Connected* Line::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

std::optional<Instant> Line::next_event() const {
  if (events_.empty()) return std::nullopt;
  return events_.front().at;
}

void Line::advance(Instant now) {
  while (!events_.empty() && events_.front().at <= now) {
    const Event event = events_.front();
    std::pop_heap(events_.begin(), events_.end(), Later{});
    events_.pop_back();
    happen(event);
  }
}

void Line::happen(const Event& event) {
  Connected* const connected = find(event.connection);
  if (event.packet == timer) {
    if (connected == nullptr || connected->timer != event.at) return;  // a later one took its place
    connected->timer.reset();
    connected->tcp.advance(event.at);
  } else {
    free_places_.push_back(event.packet);
    const Packet& packet = packets_[event.packet];  // until something is sent
    if (connected == nullptr) return;
    if (packet.segment.length > 0 && connected->tcp.observer() != nullptr) {
      connected->tcp.observer()->segment(
          segment_event(SegmentEvent::What::arrived, packet, event.at));
    }
    connected->tcp.take(packet, event.at);
  }
  mark_changed(*connected);
  settle(*connected, event.at);
}

void Line::mark_changed(Connected& connected) {
  if (std::exchange(connected.changed, true)) return;
  changed_.push_back(connected.tcp.id());
}

std::vector<ConnectionId> Line::take_changed() {
  for (const ConnectionId id : changed_) find(id)->changed = false;
  return std::exchange(changed_, {});
}

// Sends what the connection has to send now, and sets its alarm.
void Line::settle(Connected& connected, Instant now) {
  departing_.clear();
  connected.tcp.transmit(departing_, now);
  for (const Packet& packet : departing_) send(connected, packet, now);
  schedule_timer(connected);
}

void Line::send(Connected& connected, const Packet& packet, Instant now) {
  ++packets_given_;
  const std::size_t direction = index(packet.direction);
  const Freight freight{.wire_bytes = packet.wire_bytes(),
                        .stream = std::uint64_t{packet.connection} * 2 + direction,
                        .ordinal = ++connected.packets[direction],
                        .doomed = is_doomed(connected, packet),
                        // A lost one would be found out by the next packet; there may be none.
                        .certain = packet.kind == Packet::Kind::reset};
  const Passage passage = bottlenecks_[direction].pass(freight, now);

  if (ConnectionObserver* const observer = connected.tcp.observer();
      observer != nullptr && packet.segment.length > 0) {
    using What = SegmentEvent::What;
    const bool dropped = passage.fate == Passage::Fate::dropped;
    observer->segment(segment_event(dropped ? What::dropped : What::queued, packet, now));
    if (!dropped) observer->segment(segment_event(What::sent, packet, passage.left));
    if (passage.fate == Passage::Fate::lost) {
      observer->segment(segment_event(What::lost, packet, passage.left));
    }
  }
  if (passage.fate != Passage::Fate::arrives) return;

  if (free_places_.empty()) {
    free_places_.push_back(static_cast<std::uint32_t>(packets_.size()));
    packets_.emplace_back();
  }
  const std::uint32_t place = free_places_.back();
  free_places_.pop_back();
  packets_[place] = packet;
  schedule(passage.arrives, packet.connection, place);
}

bool Line::is_doomed(Connected& connected, const Packet& packet) {
  if (packet.segment.length == 0) return false;
  std::uint64_t& drop_next = connected.drop_next[index(packet.direction)];
  if (drop_next > 0) {
    --drop_next;
    return true;
  }
  if (packet.segment.retransmission) return false;
  const auto names_it = [&packet](const NamedLoss& loss) {
    return (loss.connection == 0 || loss.connection == packet.connection) &&
           loss.direction == packet.direction && loss.segment == packet.segment.ordinal;
  };
  return std::any_of(profile_.lose.begin(), profile_.lose.end(), names_it);
}

void Line::schedule(Instant at, ConnectionId connection, std::uint32_t packet) {
  events_.push_back({at, ++sequence_, connection, packet});
  std::push_heap(events_.begin(), events_.end(), Later{});
}

// A timer that moves back, as each acknowledgement makes it do, needs no event of its own: the one
// that stands fires early, finds nothing due, and is set anew.
void Line::schedule_timer(Connected& connected) {
  const std::optional<Instant> next = connected.tcp.next_event();
  if (!next || (connected.timer && *connected.timer <= *next)) return;
  connected.timer = next;
  schedule(*next, connected.tcp.id(), timer);
}

bool TcpFlow::established() const {
  return connected_->tcp.established(direction_);
}

std::uint64_t TcpFlow::room() const {
  return established() ? sender().room()
                       : unsent_ahead_bytes - std::min(unsent_ahead_bytes, unsent_bytes());
}

void TcpFlow::send(std::uint64_t bytes, Instant now) {
  sender().write(bytes);
  line_->settle(*connected_, now);
}

void TcpFlow::end(Instant now) {
  sender().end();
  line_->settle(*connected_, now);
}

void TcpFlow::reset(Instant now) {
  connected_->tcp.reset(direction_);
  line_->settle(*connected_, now);
}

std::uint64_t TcpFlow::arrived() const {
  return receiver().arrived_bytes();
}

void TcpFlow::read(std::uint64_t bytes, Instant now) {
  receiver().consume(bytes);
  line_->settle(*connected_, now);
}

bool TcpFlow::ended() const {
  return receiver().has_ended();
}

bool TcpFlow::was_reset() const {
  return connected_->tcp.was_reset(direction_);
}

}  // namespace muxlab::link
