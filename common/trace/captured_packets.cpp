#include "common/trace/captured_packets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "common/trace/plain_bytes.h"
#include "common/trace/tcp_packet.h"

namespace muxlab::trace {
namespace {

constexpr std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

// --- Plaintext on its way

struct Transfer {
  std::uint64_t begin, end;  // of the direction's plaintext
  Instant sent;
  std::optional<Instant> arrived;
  bool push;          // a piece of the plaintext ends here
  std::size_t order;  // in which the trace tells of them, both directions together
};

// As it was written: a TLS record is a packet. What begins before `whole_end` alone.
std::vector<Transfer> transfers_of_pieces(const PlainBytes& plain, std::uint64_t whole_end) {
  std::vector<Transfer> transfers;
  for (const PlainBytes::Piece& piece : plain.pieces()) {
    if (piece.begin >= whole_end) break;
    const Plaintext& plaintext = plain.plaintext(piece);
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += most_payload_bytes) {
      const std::uint64_t end = std::min<std::uint64_t>(begin + most_payload_bytes, piece.end);
      transfers.push_back(
          {begin, end, plaintext.sent, plaintext.received, end == piece.end, piece.index});
    }
  }
  return transfers;
}

// Finds among the plaintext what a place on the wire holds. A record's tag stands behind its
// content; what else TLS adds stands before it.
class WirePlaces {
 public:
  WirePlaces(const ConnectionTrace& connection, const PlainBytes& plain)
      : plain_(plain), tag_bytes_(connection.facts.tls ? 16 : 0) {}

  // How much of the plaintext lies before it.
  std::uint64_t plain_before(std::uint64_t wire) const {
    const auto& pieces = plain_.pieces();
    const auto piece = std::partition_point(
        pieces.begin(), pieces.end(),
        [&](const PlainBytes::Piece& each) { return plain_.plaintext(each).wire_end <= wire; });
    if (piece == pieces.end()) return pieces.empty() ? 0 : pieces.back().end;
    const std::uint64_t content_end = plain_.plaintext(*piece).wire_end - tag_bytes_;
    const std::uint64_t left = content_end - std::min(content_end, wire);
    return piece->end - std::min(left, piece->end - piece->begin);
  }

 private:
  const PlainBytes& plain_;
  const std::uint64_t tag_bytes_;
};

// As TCP sent it, behind what was made up. Segments of which nothing can be shown, such as TLS's
// handshake, are left out.
std::vector<Transfer> transfers_of_segments(const ConnectionTrace& connection,
                                            const PlainBytes& plain, Direction direction) {
  const WirePlaces places{connection, plain};
  std::vector<Transfer> transfers = transfers_of_pieces(plain, plain.made_up_end());
  for (std::size_t order = 0; order < connection.segments.size(); ++order) {
    const Segment& segment = connection.segments[order];
    if (segment.direction != direction) continue;
    const std::uint64_t begin = std::max(plain.made_up_end(), places.plain_before(segment.offset));
    const std::uint64_t end = places.plain_before(segment.offset + segment.length);
    if (begin >= end) continue;
    const bool has_arrived = segment.fate == Segment::Fate::arrived;
    transfers.push_back({begin, end, segment.sent,
                         has_arrived ? std::optional{segment.at} : std::nullopt, false, order});
  }
  return transfers;
}

// Those that arrived, in the order of that.
std::vector<Transfer> arrived_of(std::vector<Transfer> transfers) {
  std::erase_if(transfers, [](const Transfer& each) { return !each.arrived; });
  std::stable_sort(
      transfers.begin(), transfers.end(),
      [](const Transfer& one, const Transfer& other) { return *one.arrived < *other.arrived; });
  return transfers;
}

// How much of a direction has come without a gap.
class Received {
 public:
  std::uint64_t take(std::uint64_t begin, std::uint64_t end) {
    std::uint64_t& beyond = waiting_[begin];
    beyond = std::max(beyond, end);
    while (!waiting_.empty() && waiting_.begin()->first <= whole_) {
      whole_ = std::max(whole_, waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
    return whole_;
  }

 private:
  std::uint64_t whole_ = 0;
  std::map<std::uint64_t, std::uint64_t> waiting_;  // by where they begin
};

// --- What is seen of it at one end

class Capture {
 public:
  Capture(const ConnectionTrace& connection, Vantage vantage,
          const std::vector<Plaintext>& made_up);
  std::vector<CapturedPacket> packets();

 private:
  // Of packets at one instant the lesser rank is first, then what the trace tells of first, and its
  // acknowledgement behind it.
  enum class Rank : std::uint8_t { handshake, preface, other };
  struct Seen {
    CapturedPacket packet;
    Rank rank;
    std::size_t order;
    bool acknowledges;

    auto key() const { return std::tuple{packet.at, rank, order, acknowledges}; }
  };

  const auto& greeted(Direction direction) const { return connection_.greeted[index(direction)]; }
  std::vector<Transfer> transfers(Direction direction) const;
  void see_handshake();
  void see_sent(Direction direction);
  void see_received(Direction direction);
  void put_preface_first();
  void end(std::vector<CapturedPacket>& packets) const;
  void greet(Instant at, Direction direction, std::uint8_t flags);
  void see(Instant at, Direction direction, const Transfer& bytes);
  void acknowledge(Instant at, const Transfer& bytes, Direction direction, Received& received);

  const ConnectionTrace& connection_;
  const Direction outward_;  // what this end sends
  const bool as_segments_;
  const PlainBytes plain_[2];  // by Direction
  Instant established_;        // at this end
  Duration way_back_{};        // of a small packet from the other end
  std::vector<Seen> seen_;
};

Capture::Capture(const ConnectionTrace& connection, Vantage vantage,
                 const std::vector<Plaintext>& made_up)
    : connection_(connection),
      outward_(vantage == Vantage::client ? Direction::up : Direction::down),
      as_segments_(vantage == Vantage::server && !connection.segments.empty()),
      plain_{{connection, Direction::down, made_up}, {connection, Direction::up, made_up}},
      established_(connection.opened) {
  const auto& own = greeted(outward_);
  const auto& others = greeted(opposite(outward_));
  if (own) established_ = own->answered;
  if (!own || !others) return;
  // One of them may have lasted longer: a SYN-ACK was lost.
  way_back_ = std::min(own->answered - own->sent, others->answered - others->sent) / 2;
}

std::vector<CapturedPacket> Capture::packets() {
  see_handshake();
  see_sent(outward_);
  see_received(opposite(outward_));
  put_preface_first();
  std::stable_sort(seen_.begin(), seen_.end(),
                   [](const Seen& one, const Seen& other) { return one.key() < other.key(); });
  std::vector<CapturedPacket> packets;
  std::uint64_t said[2] = {};  // by Direction
  std::uint64_t acknowledged[2] = {};
  for (const Seen& each : seen_) {
    CapturedPacket packet = each.packet;
    const std::size_t direction = index(packet.direction);
    said[direction] = std::max(said[direction], packet.end);
    acknowledged[direction] = std::max(acknowledged[direction], packet.acknowledged);
    if (packet.begin == packet.end) packet.begin = packet.end = said[direction];
    packet.acknowledged = acknowledged[direction];
    packets.push_back(packet);
  }
  end(packets);
  return packets;
}

std::vector<Transfer> Capture::transfers(Direction direction) const {
  const PlainBytes& plain = plain_[index(direction)];
  return as_segments_ ? transfers_of_segments(connection_, plain, direction)
                      : transfers_of_pieces(plain, UINT64_MAX);
}

void Capture::see_handshake() {
  const auto& client = greeted(Direction::up);
  const auto& server = greeted(Direction::down);
  const bool at_server = outward_ == Direction::down;
  const Instant syn = at_server && server ? server->sent : connection_.opened;
  const Instant syn_ack = at_server ? syn : client ? client->answered : syn;
  greet(syn, Direction::up, TcpPacket::syn);
  if (!at_server && client && client->sent > syn) {
    greet(client->sent, Direction::up, TcpPacket::syn);
  }
  greet(syn_ack, Direction::down, TcpPacket::syn | TcpPacket::acknowledge);
  greet(established_, Direction::up, TcpPacket::acknowledge);
}

// With what the other end acknowledges.
void Capture::see_sent(Direction direction) {
  const std::vector<Transfer> sent = transfers(direction);
  for (const Transfer& each : sent) see(std::max(each.sent, established_), direction, each);
  Received received;
  for (const Transfer& each : arrived_of(sent)) {
    acknowledge(*each.arrived + way_back_, each, direction, received);
  }
}

// Each is acknowledged at once.
void Capture::see_received(Direction direction) {
  Received received;
  for (const Transfer& each : arrived_of(transfers(direction))) {
    const Instant at = std::max(*each.arrived, established_);
    see(at, direction, each);
    acknowledge(at, each, direction, received);
  }
}

// A server may have spoken before the client's preface came to it, but the client did not wait for
// that; and without TLS the preface is what Wireshark knows HTTP/2 by. So it comes first.
void Capture::put_preface_first() {
  if (connection_.protocol != Protocol::http2) return;
  const auto first = std::find_if(seen_.begin(), seen_.end(), [](const Seen& each) {
    return each.packet.direction == Direction::up && each.packet.end > 0 && each.packet.begin == 0;
  });
  if (first == seen_.end()) return;
  first->rank = Rank::preface;
  for (Seen& each : seen_) {
    if (each.rank == Rank::other) each.packet.at = std::max(each.packet.at, first->packet.at);
  }
}

// The end that closes sends the first FIN. The other one's packets are as far from it as ever.
void Capture::end(std::vector<CapturedPacket>& packets) const {
  if (!connection_.closed) return;
  const Direction closer =
      connection_.closed_by == EndedBy::client ? Direction::up : Direction::down;
  const Instant begun = std::max(*connection_.closed, packets.back().at);
  const Instant answered = begun + 2 * way_back_;
  std::uint64_t said[2] = {};  // by Direction
  std::uint64_t acknowledged[2] = {};
  for (const CapturedPacket& each : packets) {
    said[index(each.direction)] = std::max(said[index(each.direction)], each.end);
    acknowledged[index(each.direction)] = each.acknowledged;
  }
  constexpr std::uint8_t fin = TcpPacket::fin | TcpPacket::acknowledge;
  const Direction other = opposite(closer);
  const std::uint64_t end = said[index(closer)];
  const std::uint64_t others_end = said[index(other)];
  packets.push_back({begun, closer, fin, end, end, acknowledged[index(closer)]});
  packets.push_back({closer == outward_ ? answered : begun, other, fin, others_end, others_end,
                     acknowledged[index(other)] + 1});
  packets.push_back({answered, closer, TcpPacket::acknowledge, end + 1, end + 1,
                     acknowledged[index(closer)] + 1});
}

void Capture::greet(Instant at, Direction direction, std::uint8_t flags) {
  seen_.push_back({{at, direction, flags}, Rank::handshake, seen_.size(), false});
}

void Capture::see(Instant at, Direction direction, const Transfer& bytes) {
  const std::uint8_t push = bytes.push ? TcpPacket::push : 0;
  const std::uint8_t flags = push | TcpPacket::acknowledge;
  seen_.push_back(
      {{at, direction, flags, bytes.begin, bytes.end}, Rank::other, bytes.order, false});
}

// Of bytes that went in this direction.
void Capture::acknowledge(Instant at, const Transfer& bytes, Direction direction,
                          Received& received) {
  CapturedPacket packet{at, opposite(direction), TcpPacket::acknowledge};
  packet.acknowledged = received.take(bytes.begin, bytes.end);
  seen_.push_back({packet, Rank::other, bytes.order, true});
}

}  // namespace

std::vector<CapturedPacket> captured_packets(const ConnectionTrace& connection, Vantage vantage,
                                             const std::vector<Plaintext>& made_up) {
  return Capture{connection, vantage, made_up}.packets();
}

}  // namespace muxlab::trace
