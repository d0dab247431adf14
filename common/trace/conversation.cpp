#include "common/trace/conversation.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "common/trace/export.h"
#include "common/trace/made_up_frames.h"

namespace muxlab::trace {
namespace {

constexpr std::uint16_t http_port = 80;

// Addresses for documentation (RFC 5737, RFC 3849): the server's own is not known, and the client's
// may not be an address.
constexpr const char* server_ipv4 = "192.0.2.80";
constexpr const char* server_ipv6 = "2001:db8::80";
constexpr const char* unknown_client = "192.0.2.1";

constexpr const char* made_up_comment =
    "muxlab made these frames up: they say which settings were in force and what the dynamic "
    "tables "
    "held when this run came to a connection that had been there before";

bool needs_made_up_frames(const ConnectionTrace& connection) {
  return connection.beginning && connection.protocol == Protocol::http2;
}

// In network order; empty: it is none of this family.
std::string address_bytes(int family, const std::string& text) {
  std::string bytes(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr), '\0');
  return inet_pton(family, text.c_str(), bytes.data()) == 1 ? bytes : "";
}

TcpEnd client_end(const ConnectionTrace& connection, std::uint16_t port) {
  const std::string& whole = connection.facts.client_address;
  const std::string address = whole.substr(0, whole.find('%'));  // without an IPv6 zone
  for (const int family : {AF_INET, AF_INET6}) {
    const std::string bytes = address_bytes(family, address);
    if (!bytes.empty()) return {bytes, port};
  }
  return {address_bytes(AF_INET, unknown_client), port};
}

TcpEnd server_end(const TcpEnd& client) {
  const bool is_ipv4 = client.address.size() == sizeof(in_addr);
  return {is_ipv4 ? address_bytes(AF_INET, server_ipv4) : address_bytes(AF_INET6, server_ipv6),
          http_port};
}

}  // namespace

Conversation::Conversation(const ConnectionTrace& connection, std::uint16_t client_port)
    : connection_(connection),
      made_up_(needs_made_up_frames(connection) ? made_up_frames(connection)
                                                : std::vector<Plaintext>{}),
      client_(client_end(connection, client_port)),
      server_(server_end(client_)),
      now_(connection.opened),
      flows_{{.direction = Direction::down}, {.direction = Direction::up}} {
  for (Flow& flow : flows_) find_piece(flow);
}

std::optional<Instant> Conversation::next_at() const {
  if (step_ == Step::over) return std::nullopt;
  if (step_ == Step::bytes && owes_acknowledgement_) return now_;
  if (step_ == Step::bytes && !next_flow() && !connection_.closed) return std::nullopt;
  return std::max(now_, step_at());
}

Conversation::Sent Conversation::next() {
  constexpr auto acknowledge = TcpPacket::acknowledge;
  now_ = std::max(now_, step_at());
  if (step_ == Step::bytes && !owes_acknowledgement_ && !next_flow()) step_ = Step::first_fin;
  switch (step_) {
    case Step::syn: {
      Sent sent = packet(Direction::up, TcpPacket::syn);
      sent.comment = about();
      go_on();
      return sent;
    }
    case Step::syn_answer:
      go_on();
      return packet(Direction::down, TcpPacket::syn | acknowledge);
    case Step::established:
      go_on();
      return packet(Direction::up, acknowledge);
    case Step::bytes:
      return next_bytes();
    case Step::first_fin:
      go_on();
      return packet(closer(), TcpPacket::fin | acknowledge);
    case Step::second_fin:
      go_on();
      return packet(opposite(closer()), TcpPacket::fin | acknowledge);
    case Step::last:
    case Step::over:
      break;
  }
  go_on();
  return packet(closer(), acknowledge);
}

void Conversation::go_on() {
  if (step_ != Step::over) step_ = static_cast<Step>(static_cast<std::uint8_t>(step_) + 1);
}

Conversation::Sent Conversation::next_bytes() {
  if (const auto direction = std::exchange(owes_acknowledgement_, std::nullopt)) {
    return packet(*direction, TcpPacket::acknowledge);
  }
  Flow& from = flow(*next_flow());
  const std::string_view all = piece_at(from.piece)->bytes;
  const bool made_up = from.piece < made_up_.size();
  const std::string_view payload = all.substr(from.done, most_payload_bytes);
  from.done += payload.size();
  owes_acknowledgement_ = opposite(from.direction);
  const bool is_last = from.done == all.size();
  const std::uint8_t push = is_last ? TcpPacket::push : 0;
  Sent sent = packet(from.direction, push | TcpPacket::acknowledge, payload);
  if (made_up) sent.comment = made_up_comment;
  if (is_last) {
    ++from.piece;
    from.done = 0;
    find_piece(from);
  }
  return sent;
}

// What was on its way when the trace ended the client never saw.
void Conversation::find_piece(Flow& flow) {
  const auto passes = [&flow](const Plaintext& piece) {
    return piece.direction != flow.direction || piece.bytes.empty() ||
           (flow.direction == Direction::down && !piece.received);
  };
  for (const Plaintext* piece = piece_at(flow.piece); piece != nullptr && passes(*piece);
       piece = piece_at(flow.piece)) {
    ++flow.piece;
  }
}

const Plaintext* Conversation::piece_at(std::size_t index) const {
  if (index < made_up_.size()) return &made_up_[index];
  index -= made_up_.size();
  return index < connection_.plaintext.size() ? &connection_.plaintext[index] : nullptr;
}

std::optional<Instant> Conversation::time_of(const Flow& flow) const {
  const Plaintext* const piece = piece_at(flow.piece);
  if (piece == nullptr) return std::nullopt;
  return flow.direction == Direction::up ? piece->sent : *piece->received;
}

// What the client gets at one instant with what it sends came first: that is what it answers to.
std::optional<Direction> Conversation::next_flow() const {
  const auto down = time_of(flow(Direction::down));
  const auto up = time_of(flow(Direction::up));
  if (!down && !up) return std::nullopt;
  if (!down || (up && is_before_preface())) return Direction::up;
  return !up || *down <= *up ? Direction::down : Direction::up;
}

// A server may have spoken before the client's preface came to it, but the client did not wait for
// that; and without TLS the preface is what Wireshark knows HTTP/2 by. So it comes first.
bool Conversation::is_before_preface() const {
  constexpr std::uint32_t first_sequence = 1;  // the SYN took 0
  return connection_.protocol == Protocol::http2 && flow(Direction::up).sequence == first_sequence;
}

Instant Conversation::step_at() const {
  if (step_ != Step::bytes || owes_acknowledgement_) return now_;
  if (const auto next = next_flow()) return *time_of(flow(*next));
  return connection_.closed.value_or(now_);
}

// The direction in which the first FIN goes.
Direction Conversation::closer() const {
  return connection_.closed_by == EndedBy::client ? Direction::up : Direction::down;
}

Conversation::Sent Conversation::packet(Direction direction, std::uint8_t flags,
                                        std::string_view payload) {
  const bool up = direction == Direction::up;
  Flow& sender = flow(direction);
  const bool acknowledges = (flags & TcpPacket::acknowledge) != 0;
  const std::uint32_t acknowledged = acknowledges ? flow(opposite(direction)).sequence : 0;
  Sent sent{now_,
            packet_bytes({.from = up ? client_ : server_,
                          .to = up ? server_ : client_,
                          .sequence = sender.sequence,
                          .acknowledgement = acknowledged,
                          .flags = flags,
                          .payload = payload}),
            ""};
  const bool takes_a_number = (flags & (TcpPacket::syn | TcpPacket::fin)) != 0;
  sender.sequence += static_cast<std::uint32_t>(payload.size()) + (takes_a_number ? 1 : 0);
  return sent;
}

std::string Conversation::about() const {
  const ConnectionFacts& facts = connection_.facts;
  const std::string tls = facts.tls
                              ? fmt::format("{}, {}{}{}{}", facts.tls->version, facts.tls->cipher,
                                            facts.tls->group.empty() ? "" : ", ", facts.tls->group,
                                            facts.tls->resumed ? ", resumed" : "")
                              : "in cleartext";
  std::string text = fmt::format(
      "muxlab {}: lane {}, {} on port {}, {}. From {} port {}. This is its plaintext as synthetic "
      "TCP: "
      "handshake, acknowledgements and end are made up, the times of the bytes are the client's",
      connection_name(connection_), connection_.lane.empty() ? "none" : connection_.lane,
      connection_.protocol ? name_of(*connection_.protocol) : "no known protocol", facts.local_port,
      tls, facts.client_address, facts.client_port);
  if (connection_.beginning) {
    text += fmt::format(". The connection had been there before: this shows it from {} on",
                        made_up_.empty() ? "a message" : "made-up frames");
  }
  if (connection_.dropped > 0) text += ". Not all was kept: its bytes end too early";
  if (!connection_.trouble.empty()) text += ". muxlab could not decode it: " + connection_.trouble;
  return text;
}

}  // namespace muxlab::trace
