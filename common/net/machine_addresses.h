// The addresses that this machine has now, for whoever listens on all of them.
#pragma once

#include <string>
#include <vector>

namespace muxlab::net {

// Those that a listener on `wildcard` is reached at: of IPv4 with "0.0.0.0", of IPv6 with "::", as
// the system has them, each once. Any other text gives none, and so does a system that won't say.
std::vector<std::string> machine_addresses(const std::string& wildcard);

}  // namespace muxlab::net
