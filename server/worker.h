// One thread of the server: its loop, its listeners, its connections. Shares nothing with the other
// workers but what never changes; what a reload changes comes by post. Knows ports by their rules;
// what they serve is a handler's business.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/http/date.h"
#include "common/http/service.h"
#include "common/net/address_range.h"
#include "common/net/event_loop.h"
#include "common/net/listener.h"
#include "common/tls/server_identity.h"
#include "server/arrival.h"
#include "server/dispatch/dispatch.h"
#include "server/lab/lab.h"
#include "server/logs/access_log.h"
#include "server/logs/frame_log.h"
#include "server/logs/refusal_log.h"
#include "server/served_connection.h"
#include "server/worker_counts.h"

namespace muxlab::server {

// What a port holds the connections to that it accepts. A reload replaces it whole; each connection
// keeps the terms that it was accepted under.
struct PortTerms {
  std::optional<tls::ServerIdentity> identity;  // none: cleartext
  dispatch::Rules rules;
  connection::Limits limits;
  // Who puts a PROXY header in front of each connection, and nobody else may connect. None: clients
  // connect by themselves.
  std::vector<net::AddressRange> balancers;
};

// What one worker serves on one port, at one address or several.
struct PortPlan {
  std::vector<net::Listener> listeners;
  PortTerms terms;
  http::Handler* handler;  // one of the plan's
  std::string lane;        // of the lab, by name; empty: none
};

struct WorkerPlan {
  // Connections are numbered first_id, first_id + id_step, ...: unique over all workers without
  // sharing.
  std::uint64_t first_id = 1;
  std::uint64_t id_step = 1;
  std::unique_ptr<lab::Lab> lab;  // the lab's worker's; outlives its handlers
  std::vector<std::unique_ptr<http::Handler>> handlers;
  std::vector<PortPlan> ports;
  std::optional<logs::AccessLog> access_log;
  std::optional<logs::FrameLog> frame_log;  // with a lab only
  std::shared_ptr<WorkerCounts> counts;     // null: nobody asks for them
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

  // From any thread: calls `task` on this worker's own, soon and in the order of the calls.
  void post(std::function<void()> task);

  // New terms for every port, in the plan's order, and a new access log, if any: for connections
  // accepted from now on. Both on this worker's thread alone: by post().
  void renew(std::vector<PortTerms> terms);
  void replace_log(std::optional<logs::AccessLog> log);

 private:
  // Terms in force, with what is made of them once.
  struct Terms {
    PortTerms terms;
    http::Service service;
    connection::SessionChooser choose;
  };
  struct Port {
    std::vector<net::Listener> listeners;
    http::Handler& handler;
    std::string lane;
    std::shared_ptr<const Terms> terms;
  };
  // Behind a balancer, before its client is known.
  struct Arriving {
    std::shared_ptr<const Terms> terms;
    const Port* port;
    std::unique_ptr<Arrival> arrival;
  };
  struct Accepted {
    std::shared_ptr<const Terms> terms;  // outlive the connection
    const Port* port;
    std::string client;  // its address
    std::unique_ptr<ServedConnection> connection;
  };

  void open_port(PortPlan plan);
  std::shared_ptr<const Terms> terms_for(http::Handler& handler, PortTerms terms) const;
  void run_posted();
  void start_lab();
  void accept(const Port& port, net::Accepted accepted);
  void await_header(std::uint64_t id, const Port& port, net::Accepted accepted);
  void settle(std::uint64_t id);
  // The balancer's own checks have no seat on a lane.
  enum class Caller { client, balancer };
  void serve(std::uint64_t id, const Port& port, std::shared_ptr<const Terms> terms,
             net::Accepted accepted, Caller caller);
  void refuse(const Port& port, const net::Address& peer, std::string_view why);
  void tick();
  void begin_drain();
  void remove_ended();
  void stop_when_drained();

  net::EventLoop loop_;
  http::DateStamp date_;
  std::unique_ptr<lab::Lab> lab_;
  std::vector<std::unique_ptr<http::Handler>> handlers_;
  std::optional<logs::AccessLog> access_log_;
  std::optional<logs::FrameLog> frame_log_;
  std::shared_ptr<WorkerCounts> counts_;
  http::ExchangeLog exchange_log_;
  std::vector<std::unique_ptr<Port>> ports_;

  std::array<std::uint8_t, 64 * 1024> scratch_;  // what one read may bring
  std::uint64_t next_id_;
  std::uint64_t id_step_;
  std::unordered_map<std::uint64_t, Arriving> arriving_;
  std::unordered_map<std::uint64_t, Accepted> connections_;
  std::vector<std::uint64_t> ended_;    // over, to be removed once their callbacks have returned
  std::vector<std::uint64_t> settled_;  // arrivals, the same
  logs::RefusalLog refusals_;

  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by it, as nothing else here needs to be

  net::Watch tick_watch_;
  std::atomic<bool> drain_asked_ = false;
  std::optional<Instant> drain_deadline_;
};

}  // namespace muxlab::server
