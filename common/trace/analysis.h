// What a trace says, beyond what was seen: who waited for whom, where the time went, what it cost.
// Pure functions of the trace; docs/traces.md explains each word.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/time.h"
#include "common/trace/run_trace.h"

namespace muxlab::trace {

// --- Blocked: an exchange had bytes to send or was due, and something else had its turn.

enum class Blocker : std::uint8_t {
  connection,    // another exchange on the connection was written first, as its turn came earlier
  priority,      // another one, as it is more urgent (RFC 9218)
  flow_control,  // the client's HTTP/2 window was used up
  line,          // nothing was written at all: TCP's window or the line's queue was full
};
std::string_view name_of(Blocker by);

struct Blocked {
  Blocker by;
  std::optional<std::size_t> exchange;  // of connection and priority: index into the connection's
                                        // exchanges, the one that was written most meanwhile
  Instant from;
  Instant to;
};

// Gaps shorter than this are the server's work, not waiting.
inline constexpr Duration shortest_wait = 100us;

// For each exchange of the connection, in their order, when it waited, in order and without
// overlap. Counted from the moment the request was received to its last byte written.
std::vector<std::vector<Blocked>> blocked(const ConnectionTrace& connection);

// --- Where the time went, along the path of the exchange that ended last.

// Parts of the load time; they add up to it. In the order of the path: until the last exchange was
// discovered the time is its document's (the run's first exchange), then its own.
struct TimeParts {
  Duration waiting_for_connection{};  // discovered, and no connection took it
  Duration handshakes{};              // TCP and TLS of the connection that it waited for
  Duration queueing{};                // at the server, behind others: blocked, but for the line
  Duration request{};                 // from the client's first byte to the server's having it
  Duration server{};                  // from there to the first byte of the answer, less queueing
  Duration download{};                // from there to the last byte landed, less the next
  Duration stalled_by_loss{};         // bytes lay at the client, or were due, behind a lost segment
};
// None: no exchange is complete.
std::optional<TimeParts> where_the_time_went(const RunTrace& trace);

// --- Stalls: what was sent had to wait for a lost segment to come again.

struct Stall {
  Instant from;  // when the lost segment would have landed, had it not been lost
  Instant to;    // when it did
};
// Of one direction of a connection, merged where they overlap, in order.
std::vector<Stall> stalls(const ConnectionTrace& connection, Direction direction);

// --- Cost

struct Cost {
  std::uint64_t connections = 0;
  std::uint64_t handshakes = 0;  // full ones: not resumed
  std::uint64_t tls_bytes = 0;
  std::uint64_t header_bytes = 0;         // both directions, as encoded
  std::uint64_t body_bytes = 0;           // content, both directions
  std::uint64_t retransmitted_bytes = 0;  // payload of segments sent again
};
Cost cost_of(const RunTrace& trace);

// --- HTTP/2 windows as both ends see them (RFC 9113 section 5.2): how much one direction's sender
// may still send. An end sees a frame when it sends it, or when it lands there.

struct WindowState {
  std::int64_t connection;
  std::optional<std::int64_t> stream;  // none for a frame of the whole connection
};
struct WindowView {
  WindowState server;                 // once the server has sent or received the frame
  std::optional<WindowState> client;  // once the client has; none: it never landed
};
// By frame, in their order; none where the frame changes no window (not DATA, WINDOW_UPDATE,
// SETTINGS).
std::vector<std::optional<WindowView>> windows(const ConnectionTrace& connection);

}  // namespace muxlab::trace
