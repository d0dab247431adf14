// Puts what was seen into a trace, as long as memory lasts, fills in when it landed, and tells
// whoever listens. Decodes nothing.
#pragma once

#include <cstddef>
#include <optional>

#include "common/trace/connection_trace.h"
#include "server/tap/landings.h"
#include "server/tap/tap.h"

namespace muxlab::server::tap {

// The shares of trace::most_bytes_a_connection. Each has its own, so that a long download leaves
// its frames their room, and frames the exchanges theirs. A request with its answer takes some
// 400 bytes as an exchange, and 3 KiB as frames: most of that are fields.
inline constexpr std::size_t most_plaintext_bytes = trace::most_bytes_a_connection / 16 * 10;
inline constexpr std::size_t most_event_bytes = trace::most_bytes_a_connection / 16 * 5;
inline constexpr std::size_t most_exchange_bytes = trace::most_bytes_a_connection / 16;

class TraceWriter {
 public:
  // Both outlive the writer.
  TraceWriter(trace::ConnectionTrace& trace, const Tap::Listener& listener);

  // Its number, counted from the connection's first. None: memory is used up, it was counted and
  // not kept, as will be all that come later. A frame is moved from only if it is kept; a listener
  // hears of it then.
  std::optional<std::size_t> add(trace::Frame&& frame);
  std::optional<std::size_t> add(trace::Exchange&& exchange);
  std::optional<std::size_t> add(const trace::Segment& segment);
  void add(const PlaintextPiece& piece);
  // Only if it differs from the last one of its direction.
  void add(const CongestionState& state);

  // Something of the trace ends at `wire_end` on the way down, and lands when that does.
  void expect(std::uint64_t wire_end, Expected expected);
  void land(std::uint64_t wire_bytes, Instant at);

  // What has such a number; null: it is forgotten. Valid until something is added.
  trace::Frame* frame(std::size_t number);
  trace::Exchange* exchange(std::size_t number);
  trace::Segment* segment(std::size_t number);

  // Empties the trace, and has all its room again. Numbers go on.
  void forget();

  // `number` is of a frame, exchange or segment, as `what` says.
  void tell(News::What what, std::size_t number = 0);

  trace::ConnectionTrace& trace() { return trace_; }

 private:
  // How much of one share is used.
  struct Share {
    std::size_t most;
    std::size_t used = 0;
    bool full = false;
  };

  // How many there were of each before what the trace holds now.
  struct Forgotten {
    std::size_t frames = 0;
    std::size_t exchanges = 0;
    std::size_t segments = 0;
    std::size_t plaintext = 0;
  };

  bool take(Share& share, std::size_t bytes);
  void landed(Expected what, Instant at);

  trace::ConnectionTrace& trace_;
  const Tap::Listener& listener_;
  Landings landings_;
  Forgotten forgotten_;
  Share plaintext_{most_plaintext_bytes};
  Share events_{most_event_bytes};
  Share exchanges_{most_exchange_bytes};
  std::optional<CongestionState> congestion_[2];  // the last one told, by Direction
};

}  // namespace muxlab::server::tap
