// The listening sockets that a service manager has opened for the server, until each is taken by
// the port that it is for. Owns those that are not taken yet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/net/listener.h"
#include "common/net/passed_sockets.h"
#include "server/configuration/configuration.h"

namespace muxlab::server {

class PassedPorts {
 public:
  PassedPorts() = default;

  // Fails with one line for what is no listening TCP socket.
  static Result<PassedPorts> adopt(std::vector<net::PassedSocket> sockets);

  // Those for the port `name` ("site", "plain", "console", or a lane's), one for each address. A
  // name that somebody chose decides (FileDescriptorName=); where systemd has put in the socket
  // unit's own, or nobody any, the number does, if `choice` is one. None: nobody passed any. Fails
  // when they have different numbers. A port that is off takes none.
  Result<std::vector<net::Listener>> take(std::string_view name, configuration::PortChoice choice);

  // Fails for the first that no port has taken: its clients would wait for ever.
  Status check_all_taken() const;

  // Where they listen, each address once.
  std::vector<std::string> addresses() const;

 private:
  struct Port {
    std::string name;  // empty: nobody chose one
    net::Listener listener;
  };

  std::vector<Port> ports_;
};

}  // namespace muxlab::server
