// What a trace says, beyond what was seen: who waited for whom, where the time went, what it cost.
// Pure functions of the trace; docs/traces.md explains each word.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "common/trace/run_trace.h"

namespace muxlab::trace {

struct Span {
  Instant from;
  Instant to;
};

// --- Blocked: an exchange had bytes to send or was due, and something else had its turn.

enum class Blocker : std::uint8_t {
  connection,    // another exchange on the connection was written first, as its turn came earlier
  priority,      // another one, as it is more urgent (RFC 9218)
  flow_control,  // the client's HTTP/2 window was used up
  line,          // only its own bytes were in the way: TCP's window or the line's queue was full
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
// overlap. Counted from the moment the request was received (of a pushed one: promised) to its last
// byte written.
std::vector<std::vector<Blocked>> blocked(const ConnectionTrace& connection);

// --- Where the time went, along the path of the exchange that ended last.

// From the run's start to the last byte landed of its complete exchanges; none: there is none.
std::optional<Duration> load_of(const RunTrace& trace);

// Shorter than this an HTTP/1.1 connection was not idle, but between two exchanges.
inline constexpr Duration shortest_idle = 50ms;

// Parts of the load time; they add up to it. In the order of the path: until the last exchange was
// discovered the time is its document's (the run's first exchange), then its own.
struct TimeParts {
  // Discovered, and each connection was busy with another exchange, or not yet ready for the first.
  Duration waiting_for_connection{};
  Duration handshakes{};  // TCP and TLS of the connection that it waited for
  // The client's own work: a connection was free to be used, or it had none and opened none; or the
  // last exchange was not discovered yet.
  Duration client{};
  Duration request{};   // from the client's first byte to the server's having it
  Duration queueing{};  // from there to the last byte written: blocked, not by the line
  Duration server{};    // until the first byte was written: its own work
  Duration download{};  // the rest, to the last byte landed, and what the line held up before
  // Of the request, and after the first byte was written: bytes lay at the far end, or were due,
  // behind a lost segment. What was queued meanwhile at the server counts here.
  Duration stalled_by_loss{};
};
// Of the run's load, or of load_of() while the run does not say it. None: no exchange is complete.
std::optional<TimeParts> where_the_time_went(const RunTrace& trace);

// --- Stalls: what was sent had to wait for a lost segment to come again.

// From when the lost segment would have landed, had it not been lost, to when it did. The former is
// inferred: not before the segment sent before it, nor sooner than any segment of its size ever
// came through.
using Stall = Span;
// Of one direction of a connection, merged where they overlap, in order. What never came again is
// none.
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
  WindowState server;  // once the server has sent or received the frame
  // Once the client has. None: it never landed, or what the client knew before is not known.
  std::optional<WindowState> client;
};
// By frame, in their order; none where the frame changes no window: it is not DATA, WINDOW_UPDATE
// or SETTINGS with INITIAL_WINDOW_SIZE.
std::vector<std::optional<WindowView>> windows(const ConnectionTrace& connection);

}  // namespace muxlab::trace
