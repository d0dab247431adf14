// An accepted socket behind a balancer, until the PROXY header in front of its bytes is whole: only
// then it is known whose connection it is, and it gets its seat on a line. Takes no byte behind the
// header. Owned by a worker, which asks state() and removes it; it never removes itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/net/event_loop.h"
#include "common/net/listener.h"
#include "common/net/proxy_header.h"

namespace muxlab::server {

// The header is the first that a balancer sends, in one piece. The protocol asks receivers to wait
// for at least 3 s, in which TCP repeats a lost segment.
inline constexpr Duration proxy_header_timeout = 5s;

class Arrival {
 public:
  //   waiting --the whole header--> known
  //      |----another byte, the end within it, no time left--> refused
  //      '----the end before the first byte--> left
  //
  // One that has left said nothing, as a check does that only looks whether the port is open.
  enum class State { waiting, known, refused, left };

  // `settled` is called once, when the state is not `waiting` any more, and must not remove this at
  // once.
  Arrival(net::EventLoop& loop, net::Accepted accepted, std::function<void()> settled);

  // The deadline: call every coarse_tick.
  void advance(Instant now);

  State state() const { return state_; }
  // The one at the other end of the socket: the balancer.
  const net::Address& peer() const { return accepted_.peer; }
  // Needs `known`.
  const net::ProxyHeader& header() const { return reader_.header(); }
  // The socket, once, with the address of the client or, where none is named, of the balancer.
  // Needs `known`.
  net::Accepted take();
  // Needs `refused`. Goes on behind "was closed: ".
  std::string_view fault() const { return fault_; }

 private:
  void on_readable();
  void settle(State state, std::string_view fault = {});

  net::Accepted accepted_;
  net::ProxyHeaderReader reader_;
  std::function<void()> settled_;
  Instant deadline_;
  net::Watch readable_;
  State state_ = State::waiting;
  std::string_view fault_;
};

}  // namespace muxlab::server
