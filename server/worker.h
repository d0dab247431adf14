// One thread of the server: its loop, its listeners, its connections. Shares nothing with the other
// workers but what never changes. Knows ports by their rules; what they serve is a handler's
// business.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/http/date.h"
#include "common/http/service.h"
#include "common/net/event_loop.h"
#include "common/net/listener.h"
#include "common/tls/server_identity.h"
#include "server/access_log.h"
#include "server/dispatch/dispatch.h"
#include "server/served_connection.h"

namespace muxlab::server {

// What one worker serves on one port, at one address or several.
struct PortPlan {
  std::vector<net::Listener> listeners;
  std::optional<tls::ServerIdentity> identity;  // none: cleartext
  dispatch::Rules rules;
  http::Handler* handler;  // one of the plan's
};

struct WorkerPlan {
  // Connections are numbered first_id, first_id + id_step, ...: unique over all workers without
  // sharing.
  std::uint64_t first_id = 1;
  std::uint64_t id_step = 1;
  std::vector<std::unique_ptr<http::Handler>> handlers;
  std::vector<PortPlan> ports;
  std::optional<AccessLog> access_log;
};

// How long a drain waits for work in flight.
inline constexpr Duration drain_timeout = 10s;

class Worker {
 public:
  explicit Worker(WorkerPlan plan);

  // Serves on the calling thread until drained.
  void run();

  // From any thread: takes no new connection, finishes what is in flight, and run() returns.
  void drain();

 private:
  struct Port {
    PortPlan plan;
    http::Service service;
    connection::SessionChooser choose;
  };

  void open_port(PortPlan plan);
  void accept(const Port& port, net::Accepted accepted);
  void tick();
  void begin_drain();
  void remove_ended();
  void stop_when_drained();

  net::EventLoop loop_;
  http::DateStamp date_;
  std::vector<std::unique_ptr<http::Handler>> handlers_;
  std::optional<AccessLog> access_log_;
  http::ExchangeLog exchange_log_;
  std::vector<std::unique_ptr<Port>> ports_;

  std::array<std::uint8_t, 64 * 1024> scratch_;  // what one read may bring
  std::uint64_t next_id_;
  std::uint64_t id_step_;
  std::unordered_map<std::uint64_t, std::unique_ptr<ServedConnection>> connections_;
  std::vector<std::uint64_t> ended_;  // over, to be removed once their callbacks have returned

  net::Watch tick_watch_;
  std::atomic<bool> drain_asked_ = false;
  std::optional<Instant> drain_deadline_;
};

}  // namespace muxlab::server
