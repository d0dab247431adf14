// Takes the ports a person asked for: the same number at every address, once for each worker that
// shares it.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/listener.h"
#include "server/configuration/configuration.h"

namespace muxlab::server {

struct TakenPort {
  std::uint16_t number = 0;
  // A list for each worker, with a listener for each address.
  std::vector<std::vector<net::Listener>> by_worker;
};

// Where to listen. Without an address given that is this machine only: 127.0.0.1, and ::1 where
// there is IPv6.
std::vector<std::string> addresses_or_loopback(const std::vector<std::string>& given);

// Needs a choice that is not `off`. `cure` is what a failure advises when the port is at fault:
// "choose another with --port".
Result<TakenPort> take_port(const std::vector<std::string>& addresses,
                            configuration::PortChoice choice, unsigned workers,
                            const std::string& cure);

// The same with listeners that are there already, one for each address, all of one number: the
// workers accept from the very same sockets. Needs one at least.
Result<TakenPort> share_port(std::vector<net::Listener> passed, unsigned workers);

// Fails for the first that is not an address of this machine.
Status check_addresses(const std::vector<std::string>& addresses);

}  // namespace muxlab::server
