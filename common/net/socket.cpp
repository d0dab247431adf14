#include "common/net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace muxlab::net {
namespace {

// How many pieces one write gathers: more than the 32 KiB that usually wait.
constexpr std::size_t gathered_pieces = 8;

Transfer failed_or_blocked() {
  const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {blocked ? Transfer::Kind::blocked : Transfer::Kind::failed};
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Transfer Socket::read(MutableBytes room) {
  const ssize_t count = recv(descriptor(), room.data(), room.size(), 0);
  if (count > 0) return {Transfer::Kind::moved, static_cast<std::size_t>(count)};
  if (count == 0) return {Transfer::Kind::ended};
  return failed_or_blocked();
}

Transfer Socket::write(const ByteQueue& bytes) {
  std::array<Bytes, gathered_pieces> pieces;
  std::array<iovec, gathered_pieces> vectors;
  const std::size_t used = bytes.gather(pieces);
  for (std::size_t i = 0; i < used; ++i) {
    // sendmsg only reads; its interface lacks the const.
    vectors[i] = {const_cast<std::uint8_t*>(pieces[i].data()), pieces[i].size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = used;
  const ssize_t count = sendmsg(descriptor(), &message, MSG_NOSIGNAL);
  if (count >= 0) return {Transfer::Kind::moved, static_cast<std::size_t>(count)};
  return failed_or_blocked();
}

// Of a connection that its peer has reset the kernel goes on counting what it has dropped.
std::size_t Socket::unacknowledged_bytes() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  const bool known = getsockopt(descriptor(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  int count = 0;
  // tcp(7) calls it SIOCOUTQ, which is the same and has no portable header.
  if (!known || info.tcpi_state == TCP_CLOSE || ioctl(descriptor(), TIOCOUTQ, &count) != 0) {
    return 0;
  }
  return static_cast<std::size_t>(count);
}

void Socket::abandon_output() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Socket::end_output() {
  shutdown(descriptor(), SHUT_WR);
}

}  // namespace muxlab::net
