#include "tests/fuzz/proxy_header_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "common/net/proxy_header.h"
#include "tests/support/proxy_headers.h"

namespace muxlab::test {
namespace {

using net::ProxyHeaderReader;
using State = ProxyHeaderReader::State;

struct LaidIpv4 {
  std::uint32_t source, destination;
  std::uint16_t source_port, destination_port;
};
struct LaidIpv6 {
  std::uint8_t source[16], destination[16];
  std::uint16_t source_port, destination_port;
};

// A header laid over the bytes that have all arrived (its fields lie on their natural borders): a
// second reading of the protocol, which shares nothing with the first.
struct Laid {
  std::uint8_t signature[12];
  std::uint8_t version_and_command;
  std::uint8_t family;
  std::uint16_t length;
  union {
    LaidIpv4 ipv4;
    LaidIpv6 ipv6;
  };
};

struct Expected {
  State state = State::reading;
  std::size_t bytes = 0;  // that are the header's, where it is whole
  bool local = false;
  std::string host;  // empty: nobody is named
  std::uint16_t port = 0;
};

const Expected refused{State::refused, 0, false, {}, 0};

std::optional<std::size_t> least_length(std::uint8_t family) {
  switch (family) {
    case 0x00:
      return 0;
    case 0x11:
      return 12;
    case 0x21:
      return 36;
    case 0x31:
      return 216;
    default:
      return std::nullopt;
  }
}

Expected read_at_once(Bytes bytes) {
  Laid laid{};
  std::memcpy(&laid, bytes.data(), std::min(bytes.size(), sizeof laid));
  const std::size_t begun = std::min<std::size_t>(bytes.size(), 12);
  if (std::memcmp(laid.signature, proxy_signature.data(), begun) != 0) {
    const bool may_be_old = begun < 6 && std::memcmp(laid.signature, "PROXY ", begun) == 0;
    return may_be_old ? Expected{} : refused;
  }
  if (bytes.size() < 16) return {};
  const std::size_t length = ntohs(laid.length);
  const bool local = laid.version_and_command == 0x20;
  if (!local && laid.version_and_command != 0x21) return refused;
  if (length > 4096 - 16) return refused;
  const auto least = least_length(laid.family);
  if (!local && (!least || length < *least)) return refused;
  Expected expected;
  if (bytes.size() < 16 + length) return expected;
  expected.state = State::whole;
  expected.bytes = 16 + length;
  expected.local = local;
  if (local) return expected;
  char text[INET6_ADDRSTRLEN] = "";
  if (laid.family == 0x11) {
    inet_ntop(AF_INET, &laid.ipv4.source, text, sizeof text);
    expected.port = ntohs(laid.ipv4.source_port);
  } else if (laid.family == 0x21) {
    inet_ntop(AF_INET6, laid.ipv6.source, text, sizeof text);
    expected.port = ntohs(laid.ipv6.source_port);
  }
  expected.host = text;
  return expected;
}

std::string fault_against(const Expected& expected, const ProxyHeaderReader& reader,
                          std::size_t taken) {
  if (reader.state() != expected.state) return "the state is another";
  if ((reader.missing_bytes() > 0) != (expected.state == State::reading))
    return "bytes are missing";
  if (expected.state == State::refused) return reader.fault().empty() ? "refused in silence" : "";
  if (expected.state == State::reading) return "";
  if (taken != expected.bytes) return "bytes were taken that are not the header's, or left";
  if (reader.header().local != expected.local) return "local is another";
  if (reader.header().client.has_value() == expected.host.empty())
    return "a client too many or few";
  if (expected.host.empty()) return "";
  const net::Address& client = *reader.header().client;
  return client == net::Address{expected.host, expected.port} ? "" : "the client is another";
}

}  // namespace

std::string fault_in_proxy_header(Bytes input) {
  if (input.empty()) return "";
  const std::size_t step = 1 + input[0] % 40U;
  const Bytes bytes = input.subspan(1);
  const Expected expected = read_at_once(bytes);

  ProxyHeaderReader whole;
  const std::size_t taken = whole.take(bytes);
  if (std::string fault = fault_against(expected, whole, taken); !fault.empty()) return fault;

  // As a socket is read: never more than is certainly the header's, and then all of it is taken.
  ProxyHeaderReader cut;
  std::size_t position = 0;
  while (position < bytes.size() && cut.missing_bytes() > 0) {
    const std::size_t count = std::min({step, cut.missing_bytes(), bytes.size() - position});
    const std::size_t of_these = cut.take(bytes.subspan(position, count));
    if (of_these != count && cut.state() == State::reading) return "cut, bytes were left";
    position += of_these;
  }
  if (cut.fault() != whole.fault()) return "cut, the fault is another";
  std::string fault = fault_against(expected, cut, position);
  return fault.empty() ? "" : "cut, " + fault;
}

}  // namespace muxlab::test
