#include "common/net/address.h"

#include <arpa/inet.h>

#include <array>

namespace muxlab::net {

std::string address_text(Bytes bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace muxlab::net
