// The service manager that started the program, as it is told how the program fares: a datagram
// for each state to the socket that $NOTIFY_SOCKET names (sd_notify(3)). With it "active" means
// that every port is open. Speaks systemd's protocol without its library.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/net/socket.h"

namespace muxlab::net {

class ServiceManager {
 public:
  // Nobody is told anything, and nothing fails.
  ServiceManager() = default;

  // `address` is a socket's path, or "@name" for one in the abstract namespace of unix(7).
  explicit ServiceManager(std::string address) : address_(std::move(address)) {}

  // The one in the environment, if any. The variable is taken out, so that nobody whom the program
  // starts speaks for it. Before any thread is started.
  static ServiceManager take_from_environment();

  // Each fails with one line that says why the manager was not told; it then holds the program for
  // not started and ends it in time.
  Status tell_ready() const;
  // A reload begins; tell_ready() says that it is over, well or not.
  Status tell_reloading(Instant now) const;
  Status tell_stopping() const;

 private:
  Status tell(std::string_view state) const;

  std::string address_;
};

}  // namespace muxlab::net
