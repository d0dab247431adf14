// By which names and addresses clients can know a server, from the addresses that it listens on:
// what its certificate should hold.
#pragma once

#include <string>
#include <vector>

namespace muxlab::server {

// "127.0.0.1", any other of 127/8, and "::1".
bool is_loopback(const std::string& address);

// The addresses themselves; for 0.0.0.0 and :: all that the machine has now. With any that other
// machines can reach, the machine's own name too. Without an address given: none, as a certificate
// always holds the names of this machine's loopback.
std::vector<std::string> listened_names(const std::vector<std::string>& addresses);

// What stands in an address for a person to open: "localhost" where it leads to the server, else
// the first address, "192.168.1.20" or "[fd00::17]".
std::string host_to_open(const std::vector<std::string>& addresses);

}  // namespace muxlab::server
