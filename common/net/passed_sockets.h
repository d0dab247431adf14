// Sockets that were opened by whoever started the program, and passed to it: systemd's socket
// activation (sd_listen_fds(3)). Finds them by the environment; knows nothing of what they are for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/net/socket.h"

namespace muxlab::net {

struct PassedSocket {
  std::string name;  // FileDescriptorName= of a socket unit, by default the unit's own; else empty
  Descriptor descriptor;
};

// The three variables, as they stand in the environment.
struct PassedVariables {
  std::optional<std::string> process;  // LISTEN_PID: whom they are meant for
  std::optional<std::string> count;    // LISTEN_FDS
  std::optional<std::string> names;    // LISTEN_FDNAMES: with colons between them
};

// The names of the sockets that are passed to `process`, in the order of their descriptors; none
// when they are meant for another one. Fails with one line when the variables make no sense.
Result<std::vector<std::string>> passed_names(const PassedVariables& variables, long process);

// As many as the lab's largest number of lanes on several addresses each, and far below the
// descriptors that a process has.
inline constexpr std::size_t most_passed_sockets = 512;

// Takes what was passed to this process, and the variables out of the environment, so that nobody
// whom the program starts takes them for its own. Before any thread is started, and once.
Result<std::vector<PassedSocket>> take_passed_sockets();

}  // namespace muxlab::net
