#include "common/net/service_manager.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <utility>

namespace muxlab::net {

ServiceManager ServiceManager::take_from_environment() {
  const char* address = getenv("NOTIFY_SOCKET");
  if (address == nullptr) return {};
  ServiceManager manager{address};
  unsetenv("NOTIFY_SOCKET");
  return manager;
}

Status ServiceManager::tell_ready() const {
  return tell("READY=1");
}

Status ServiceManager::tell_reloading(Instant now) const {
  // Without the time, Type=notify-reload takes the READY=1 of before for the one behind the reload.
  const auto clock = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", clock.count()));
}

Status ServiceManager::tell_stopping() const {
  return tell("STOPPING=1");
}

Status ServiceManager::tell(std::string_view state) const {
  if (address_.empty()) return Done{};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const bool known = address_.front() == '/' || address_.front() == '@';
  if (!known || address_.size() >= sizeof to.sun_path) {
    return Failure{fmt::format("NOTIFY_SOCKET is \"{}\", which is no local socket", address_)};
  }
  std::copy(address_.begin(), address_.end(), to.sun_path);
  if (address_.front() == '@') to.sun_path[0] = '\0';
  // A path ends with a zero byte, an abstract name by its length alone.
  const std::size_t size = offsetof(sockaddr_un, sun_path) + address_.size() +
                           (address_.front() == '@' ? std::size_t{0} : std::size_t{1});
  const Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const ssize_t sent = sendto(socket.number(), state.data(), state.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size));
  if (sent == static_cast<ssize_t>(state.size())) return Done{};
  return Failure{fmt::format("the service manager can't be told \"{}\": {}: {}",
                             state.substr(0, state.find('\n')), address_, std::strerror(errno))};
}

}  // namespace muxlab::net
