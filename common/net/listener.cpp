#include "common/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace muxlab::net {
namespace {

// As many as the kernel keeps by default (net.core.somaxconn): a class that reloads at once must
// not be refused.
constexpr int backlog = 4096;

// Accepted in one turn before the connections that are already there get theirs.
constexpr int accepts_a_turn = 64;

// How long to wait for descriptors to come free.
constexpr Duration exhausted_pause = 100ms;

// The kernel reports a socket writable, and takes bytes, only while it holds less than this unsent.
// More would be decided too early: what is in the kernel can't be overtaken by a more important
// answer.
constexpr int unsent_in_kernel_bytes = 16 * 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const Address& address) {
  SocketAddress result;
  auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    result.size = sizeof v4;
    return result;
  }
  if (inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    result.size = sizeof v6;
    return result;
  }
  return std::nullopt;
}

template <typename NetworkAddress>
Bytes wire_bytes(const NetworkAddress& address) {
  return {reinterpret_cast<const std::uint8_t*>(&address), sizeof address};
}

Address address_of(const SocketAddress& from) {
  if (from.storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from.storage);
    return {address_text(wire_bytes(v4.sin_addr)), ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from.storage);
  return {address_text(wire_bytes(v6.sin6_addr)), ntohs(v6.sin6_port)};
}

void set(int descriptor, int level, int option, int value) {
  setsockopt(descriptor, level, option, &value, sizeof value);
}

int value_of(int descriptor, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

// Accepted sockets inherit both.
void prepare_to_accept(int descriptor) {
  set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent_in_kernel_bytes);
}

std::string why_not(const Address& address) {
  const std::string where = fmt::format("{} port {}", address.host, address.port);
  switch (errno) {
    case EADDRINUSE:
      return where + " is already in use";
    case EADDRNOTAVAIL:
      return fmt::format("{} is not an address of this machine", address.host);
    case EACCES:
      return where + " needs a privilege that this user does not have";
    default:
      return fmt::format("{} can't be listened on: {}", where, std::strerror(errno));
  }
}

}  // namespace

Result<Listener> Listener::open(const Address& address, Sharing sharing) {
  std::optional<SocketAddress> at = socket_address(address);
  if (!at) return Failure{fmt::format("\"{}\" is not an IP address", address.host)};
  Descriptor descriptor{
      socket(at->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
  const int number = descriptor.number();
  if (!descriptor.valid()) return Failure{why_not(address)};
  set(number, SOL_SOCKET, SO_REUSEADDR, 1);
  if (sharing == Sharing::shared) set(number, SOL_SOCKET, SO_REUSEPORT, 1);
  if (at->storage.ss_family == AF_INET6) set(number, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  prepare_to_accept(number);
  if (bind(number, at->raw(), at->size) != 0 || listen(number, backlog) != 0) {
    return Failure{why_not(address)};
  }
  SocketAddress bound;
  getsockname(number, bound.raw(), &bound.size);
  return Listener{std::move(descriptor), address_of(bound)};
}

Result<Listener> Listener::adopt(Descriptor descriptor) {
  const int number = descriptor.number();
  SocketAddress bound;
  const bool named = getsockname(number, bound.raw(), &bound.size) == 0;
  const int family = bound.storage.ss_family;
  if (!named || (family != AF_INET && family != AF_INET6) ||
      value_of(number, SO_PROTOCOL) != IPPROTO_TCP || value_of(number, SO_ACCEPTCONN) != 1) {
    return Failure{"is no listening TCP socket"};
  }
  // Who bound it may have meant to wait in accept().
  fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK);
  prepare_to_accept(number);
  return Listener{std::move(descriptor), address_of(bound)};
}

Result<Listener> Listener::share() const {
  Descriptor another{fcntl(descriptor_.number(), F_DUPFD_CLOEXEC, 0)};
  if (!another.valid()) return Failure{why_not(address_)};
  return Listener{std::move(another), address_};
}

void Listener::start(EventLoop& loop, std::function<void(Accepted)> accepted) {
  accepted_ = std::move(accepted);
  readable_ = loop.watch(descriptor_.number(), Readiness::readable, [this] { accept_some(); });
  pause_ = loop.every(exhausted_pause, [this] {
    pause_.disable();
    readable_.enable();
  });
  pause_.disable();
}

void Listener::close() {
  readable_ = {};
  pause_ = {};
  descriptor_ = {};
}

void Listener::accept_some() {
  for (int i = 0; i < accepts_a_turn; ++i) {
    SocketAddress peer;
    Descriptor descriptor{
        accept4(descriptor_.number(), peer.raw(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (descriptor.valid()) {
      SocketAddress local;
      getsockname(descriptor.number(), local.raw(), &local.size);
      accepted_({Socket{std::move(descriptor)}, address_of(peer), address_of(local)});
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      readable_.disable();
      pause_.enable();
    }
    return;  // nobody waits, or the one that did is gone
  }
}

}  // namespace muxlab::net
