// One page load in virtual time: a client's real sessions and the server's, real TLS between them,
// joined by a simulated line instead of sockets. Nothing waits: time goes from event to event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "client/page_load.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/connection/connection.h"
#include "common/http/service.h"
#include "common/link/line.h"
#include "common/tls/client_identity.h"
#include "common/tls/server_identity.h"
#include "server/dispatch/dispatch.h"

namespace muxlab::server::race {

// The server's end of a load. What is named here outlives it.
struct Host {
  const http::Service& service;
  const dispatch::Rules& rules;
  const tls::ServerIdentity* identity = nullptr;  // null: cleartext
  connection::Limits limits{};
};

// The client's end.
struct Visitor {
  client::PagePlan plan;
  client::Way way;
  const tls::ClientIdentity* identity = nullptr;  // null: cleartext
  // How long the client is busy with opening a connection: its next one is opened so much later.
  Duration opening_takes{};
  // It hands each TLS record to its TCP by itself, so that a small one has a packet of its own.
  bool writes_records = false;
};

struct LoadOutcome {
  Duration took;             // from the first SYN to the last byte of the last answer
  std::size_t connections;   // opened
  std::uint64_t packets;     // on the line, of all kinds, both ways
  Status complete = Done{};  // or what could not be fetched, and why
};

// How long a load may take, in its own time: above that it is given up.
inline constexpr Duration longest_load = 600s;

class VirtualLoad {
 public:
  // Needs a way that the host's rules have, and identities on both ends or on neither.
  VirtualLoad(const Host& host, Visitor visitor, const link::LineProfile& line,
              link::Chance chance = link::Chance::of_each_packet);
  VirtualLoad(const VirtualLoad&) = delete;
  VirtualLoad& operator=(const VirtualLoad&) = delete;
  ~VirtualLoad();

  // Once.
  LoadOutcome run();

  const client::FetchBoard& fetches() const { return load_.fetches(); }

 private:
  // Both ends of one connection. The server's has the line in it, so what comes out of it has
  // landed at the client.
  struct Pair {
    std::size_t index;  // the load's name for the client's end
    std::unique_ptr<connection::Connection> server;
    connection::Verdict server_verdict = connection::Verdict::open;
    bool client_closed = false;
    bool client_told_end = false;   // the server's last byte has landed
    std::size_t rest_of_write = 0;  // bytes of a record that has left in part
    bool over() const { return client_closed && client_told_end; }
  };

  void open_connections();
  void settle();
  bool move(Pair& pair);
  bool move_up(Pair& pair);
  Bytes next_write(Pair& pair, Bytes output) const;
  bool move_down(Pair& pair);
  bool close_ends(Pair& pair, connection::Verdict client);
  std::optional<Instant> next_event();
  std::optional<Instant> next_deadline(Pair& pair);
  void step_to(Instant when);

  Instant now_{};
  const Host host_;
  connection::SessionChooser choose_;
  std::shared_ptr<link::Line> line_;
  Visitor visitor_;
  client::PageLoad load_;
  Instant can_open_at_{};
  std::vector<Pair> pairs_;
};

}  // namespace muxlab::server::race
