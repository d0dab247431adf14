// The lines of the lab's clients: one for each client on each lane that has a line, shared by all
// of the client's connections there. Owns them and their timers, one a lane; lives on the lab's
// thread. Knows nothing of what the connections carry.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/base/result.h"
#include "common/link/line_profile.h"
#include "common/net/event_loop.h"
#include "server/line/driver.h"

namespace muxlab::server::line {

// So many clients of a lane may have a line of their own: a lecture hall.
inline constexpr std::size_t most_lines_a_lane = 512;
// And so many connections a line: more than any browser opens, few enough that each still has a
// window worth its name.
inline constexpr std::size_t most_connections_a_line = 1000;

struct LineState {
  link::LineProfile profile;
  std::size_t connections;
  Lateness lateness;
  bool valid;  // not later than what a measurement may be
};

enum class DropOutcome { dropping, no_such_connection, not_on_a_line };

// What becomes of a connection that was accepted.
struct Seat {
  bool refused = false;              // the lane has no room for it
  Driver* line = nullptr;            // null: none, the connection is direct
  std::unique_ptr<link::Link> link;  // with a line only
};

class Lines {
 public:
  Lines() = default;
  Lines(const Lines&) = delete;  // the loop calls this object
  Lines& operator=(const Lines&) = delete;

  // A lane, with the line of all its clients that have no other; none: they are direct. Again,
  // after a reload: clients that have the lane's line get the new one.
  void set_lane(const std::string& lane, std::optional<link::LineProfile> line);
  bool has_lane(std::string_view lane) const { return lanes_.contains(lane); }

  // From here on lines run on `loop`, which outlives this. `turn` lets a connection have its turn;
  // `drain` ends the direct connections of a client on a lane, which has a line from now on.
  using Drain = std::function<void(const std::string& lane, const std::string& client)>;
  void start(net::EventLoop& loop, Driver::Turn turn, Drain drain);

  // Told when a client's line on a lane has become another one, of whoever asked for it or by a
  // reload.
  using Changed = std::function<void(const std::string& lane, const std::string& client)>;
  void on_change(Changed changed) { changed_ = std::move(changed); }

  // A client, by its address: all loopback addresses are one, this machine.
  static std::string client_at(std::string_view address);

  // A connection was accepted, or has ended. Needs start().
  // The observer, if there is one, is told of the connection's segments and outlives it.
  Seat seat(std::string_view lane, std::string_view address, std::uint64_t connection,
            ConnectionObserver* observer = nullptr);
  void left(std::uint64_t connection);

  // A client's line, for the console. none: direct.
  std::optional<link::LineProfile> line_of(std::string_view address, std::string_view lane) const;
  std::optional<LineState> state_of(std::string_view address, std::string_view lane) const;
  // Every line that somebody is on, or was.
  using Visitor = std::function<void(const std::string& lane, const std::string& client,
                                     const Lateness& lateness)>;
  void visit(const Visitor& visitor) const;

  // Takes effect at once: for new segments of connections on a line, and for new connections. Needs
  // has_lane(). A failure: too many clients have lines of their own.
  Status set_line(std::string_view address, std::string_view lane,
                  std::optional<link::LineProfile> profile);

  // How late the client's line has been is counted anew.
  void forget_lateness(std::string_view address, std::string_view lane);

  // Loses the next data segments that go to the client. Knows the lanes' connections, direct ones
  // too, and no others.
  DropOutcome drop_next(std::uint64_t connection, std::uint64_t segments);

 private:
  struct Client {
    std::optional<link::LineProfile> line;
    bool own = false;              // asked for; else the lane's
    std::unique_ptr<Driver> live;  // while it has connections on a line
  };
  struct Lane {
    std::string name;
    std::optional<link::LineProfile> line;
    std::map<std::string, Client, std::less<>> clients;
    std::optional<net::Watch> timer;
    std::optional<Instant> timer_at;
  };
  struct Connected {
    Lane* lane;
    Client* client;
    bool on_a_line;
  };

  const Client* find(std::string_view address, std::string_view lane) const;
  Client* client_of(Lane& lane, const std::string& client);
  void change(Lane& lane, const std::string& name, Client& client,
              std::optional<link::LineProfile> line);
  void run(Lane& lane);
  static void arm(Lane& lane, const Driver& live);

  std::map<std::string, Lane, std::less<>> lanes_;
  std::unordered_map<std::uint64_t, Connected> connections_;
  net::EventLoop* loop_ = nullptr;
  Driver::Turn turn_;
  Drain drain_;
  Changed changed_;
};

}  // namespace muxlab::server::line
