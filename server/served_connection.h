// An accepted socket and the connection on it: reads and writes for it, and closes it politely.
// Where the connection is on a simulated line, its turns come at the line's time. Owned by a
// worker, which asks over() and removes it; it never removes itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "common/connection/connection.h"
#include "common/http/pace.h"
#include "common/net/event_loop.h"
#include "common/net/socket.h"
#include "server/line/driver.h"
#include "server/linger.h"

namespace muxlab::server {

// How often a worker looks at all its connections' timers: fine enough for timeouts of seconds. An
// alarm for each of them, set anew at each read, would cost more.
inline constexpr Duration coarse_tick = 100ms;

class ServedConnection {
 public:
  // `line` is null without one, and outlives this. `scratch` is the worker's, for reading; it holds
  // nothing between calls. `ended` is called once, when the connection is over, and must not remove
  // it at once.
  ServedConnection(net::EventLoop& loop, net::Socket socket,
                   std::unique_ptr<connection::Connection> connection, line::Driver* line,
                   MutableBytes scratch, std::function<void()> ended);

  // The timers: call every coarse_tick. What is due before the next call gets an alarm of its own.
  void advance();
  void shut_down();
  // Ends at once, whatever is under way: the client's kernel hears of it without any line.
  void cut();
  // What has moved is moved on; `now` is the line's time, where there is one.
  void turn(Instant now);
  bool over() const { return phase_ == Phase::over; }

 private:
  // A server that closes while the client still sends would destroy its own last answer: the kernel
  // resets the connection and the client may lose what it has not read yet (RFC 9112 section 9.6).
  // So:
  //
  //   serving --all is said--> lingering --the client closes, or linger.h--> over
  //      '--------------- the client is gone, abort ----------------------^
  //
  // What comes meanwhile takes its way over the line as before, and is dropped at its end.
  enum class Phase { serving, lingering, over };

  void on_readable();
  void on_due();
  void set_alarm();
  void tell_acknowledged(Instant now);
  Instant time();
  void write_output(Instant now);
  void lose_socket(Instant now);
  void linger(Instant now);
  void end_if_over();
  void listen_on(Instant now);
  void end();

  net::EventLoop& loop_;
  net::Socket socket_;
  std::unique_ptr<connection::Connection> connection_;
  MutableBytes scratch_;
  std::function<void()> ended_;
  net::Watch readable_;
  net::Watch writable_;
  std::optional<net::Watch> alarm_;  // made when first needed

  Phase phase_ = Phase::serving;
  line::Driver* line_;
  bool peer_closed_ = false;  // or is gone
  bool socket_lost_ = false;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t acknowledged_bytes_ = 0;  // of these, when it was last asked
  std::optional<Linger> linger_;          // while lingering
  std::optional<http::Pace> delivery_;    // of what our kernel holds, while lingering
  std::size_t undelivered_bytes_ = 0;     // of that, when it was last asked
};

}  // namespace muxlab::server
