#include "common/trace/conversation.h"

#include <arpa/inet.h>
#include <fmt/format.h>

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
    "tables held when this run came to a connection that had been there before";

std::vector<Plaintext> made_up_for(const ConnectionTrace& connection) {
  const bool begins_within = connection.beginning && connection.protocol == Protocol::http2;
  return begins_within ? made_up_frames(connection) : std::vector<Plaintext>{};
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

// Behind a balancer the address that was reached may be of another family than the client's.
TcpEnd server_end(const ConnectionTrace& connection, const TcpEnd& client) {
  const int family = client.address.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  const std::string known = address_bytes(family, connection.facts.local_address);
  const char* const made_up = family == AF_INET ? server_ipv4 : server_ipv6;
  return {known.empty() ? address_bytes(family, made_up) : known, http_port};
}

}  // namespace

Conversation::Conversation(const ConnectionTrace& connection, std::uint16_t client_port,
                           Vantage vantage)
    : connection_(connection),
      made_up_(made_up_for(connection)),
      vantage_(vantage),
      client_(client_end(connection, client_port)),
      server_(server_end(connection, client_)),
      plain_{{connection, Direction::down, made_up_}, {connection, Direction::up, made_up_}},
      packets_(captured_packets(connection, vantage, made_up_)) {}

std::optional<Instant> Conversation::next_at() const {
  if (next_ == packets_.size()) return std::nullopt;
  return packets_[next_].at;
}

Conversation::Sent Conversation::next() {
  const CapturedPacket& packet = packets_[next_++];
  const bool up = packet.direction == Direction::up;
  const PlainBytes& plain = plain_[static_cast<std::size_t>(packet.direction)];
  std::string payload;
  plain.append(packet.begin, packet.end, payload);
  const bool is_made_up = !payload.empty() && packet.begin < plain.made_up_end();
  // A SYN takes the number before the first byte's.
  const bool is_syn = (packet.flags & TcpPacket::syn) != 0;
  const bool acknowledges = (packet.flags & TcpPacket::acknowledge) != 0;
  const auto sequence = static_cast<std::uint32_t>(packet.begin);
  const auto acknowledged = static_cast<std::uint32_t>(packet.acknowledged + 1);
  return {packet.at,
          ethernet_frame({.from = up ? client_ : server_,
                          .to = up ? server_ : client_,
                          .sequence = is_syn ? 0 : sequence + 1,
                          .acknowledgement = acknowledges ? acknowledged : 0,
                          .flags = packet.flags,
                          .payload = payload},
                         up),
          next_ == 1   ? about()
          : is_made_up ? made_up_comment
                       : ""};
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
      "TCP to port 80, as the {} saw it",
      connection_name(connection_), connection_.lane.empty() ? "none" : connection_.lane,
      connection_.protocol ? name_of(*connection_.protocol) : "no known protocol", facts.local_port,
      tls, facts.client_address, facts.client_port,
      vantage_ == Vantage::client ? "client" : "server");
  if (connection_.beginning) {
    text += fmt::format(". The connection had been there before: this shows it from {} on",
                        made_up_.empty() ? "a message" : "made-up frames");
  }
  if (connection_.dropped > 0) text += ". Not all was kept: its bytes end too early";
  if (!connection_.trouble.empty()) text += ". muxlab could not decode it: " + connection_.trouble;
  return text;
}

}  // namespace muxlab::trace
