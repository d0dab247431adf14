// A listening TCP socket on one address and port. Owns the descriptor; accepts, and knows nothing
// of what is accepted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/net/address.h"
#include "common/net/event_loop.h"
#include "common/net/socket.h"

namespace muxlab::net {

struct Accepted {
  Socket socket;
  Address peer;
  Address local;  // the one that it reached: of those that a wildcard listens on
};

class Listener {
 public:
  enum class Sharing {
    exclusive,  // fails when anything listens there
    shared,     // with the other workers' listeners of this process (SO_REUSEPORT)
  };

  // Listens on a numeric address; port 0 takes a free one. A failure is half a line, "127.0.0.1
  // port 8443 is already in use"; the caller adds the cure. Sharing alone would also let a second
  // program in: take the port `exclusive` first, drop it, then share it.
  static Result<Listener> open(const Address& address, Sharing sharing);

  // A socket that somebody else has bound and made listen, before the program was started. Fails
  // with half a line, "is no listening TCP socket".
  static Result<Listener> adopt(Descriptor descriptor);

  // Another listener on the very same socket: each connection goes to whichever accepts first.
  Result<Listener> share() const;

  const Address& address() const { return address_; }

  // Starts accepting on `loop`; from here on the listener must stay where it is. When the process
  // is out of descriptors, accepting pauses and goes on later.
  void start(EventLoop& loop, std::function<void(Accepted)> accepted);

  // Stops accepting and closes. What the kernel had already accepted is reset.
  void close();

 private:
  Listener(Descriptor descriptor, Address address)
      : descriptor_(std::move(descriptor)), address_(std::move(address)) {}

  void accept_some();

  Descriptor descriptor_;
  Address address_;
  std::function<void(Accepted)> accepted_;
  Watch readable_;
  Watch pause_;
};

}  // namespace muxlab::net
