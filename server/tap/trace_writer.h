// Puts what was seen into a trace, chapter by chapter and as long as memory lasts, fills in when it
// landed, and tells whoever listens. Decodes nothing.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

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

// Exchanges that go on although the trace does not hold them: so many wait for their answers at the
// most (http1_conversation.h, http2_exchanges.h), each with this much of its method and its path.
// Who names a run does so within it.
inline constexpr std::size_t most_loose_exchanges = 4096;
inline constexpr std::size_t most_loose_text_bytes = 256;

class TraceWriter {
 public:
  // The listener and the divider outlive the writer.
  TraceWriter(OwnTrace trace, const Tap::Listener& listener, const Tap::Divider& divider);

  // Its number, counted from the connection's first. None: memory is used up, it was counted and
  // not kept, as will be all that come later. A listener hears of a frame either way; it is moved
  // from only if it is kept.
  std::optional<std::size_t> add(trace::Frame&& frame);
  std::optional<std::size_t> add(const trace::Segment& segment);
  // Always a number: an exchange that is not kept is known until it is over.
  std::size_t add(trace::Exchange&& exchange);
  // Between the two a piece is decoded: a request in it may begin a chapter, which the piece is
  // part of from there on. `piece` holds until the second.
  void begin_piece(const PlaintextPiece& piece);
  void end_piece();
  // Only if it differs from the last one of its direction.
  void add(const CongestionState& state);

  // Something of the trace ends at `wire_end` on the way down, and lands when that does.
  void expect(std::uint64_t wire_end, Expected expected);
  void land(std::uint64_t wire_bytes, Instant at);

  // What has such a number; null: its chapter is gone. Valid until something is added or a chapter
  // begins.
  trace::Frame* frame(std::size_t number);
  trace::Exchange* exchange(std::size_t number);
  trace::Segment* segment(std::size_t number);

  // Does a request for this begin a chapter? Ask before anything of it is added.
  bool divides(std::string_view path) const { return divider_ && divider_(*trace_, path); }
  // `beginning` says where in the plaintext it begins, and what the protocol needs; the rest is
  // filled in here. Numbers go on. Exchanges that are not over are copied, as are the bytes of
  // frames that are not whole.
  void begin_chapter(trace::Beginning beginning);

  // `number` is of an exchange or a segment, as `what` says; none: of a segment that is not kept.
  void tell(News::What what, std::optional<std::size_t> number = std::nullopt);
  // Of an exchange that is over: nothing more will be said of it.
  void tell_over(std::size_t number);

  const OwnTrace& trace() const { return trace_; }

 private:
  // How much of one share is used.
  struct Share {
    std::size_t most;
    std::size_t used = 0;
    bool full = false;
  };

  // The numbers of what a chapter holds first.
  struct Firsts {
    std::size_t frames = 0;
    std::size_t exchanges = 0;  // behind those that it took over
    std::size_t segments = 0;
    std::size_t plaintext = 0;
  };
  // One that is written, and may still be held.
  struct Past {
    std::weak_ptr<trace::ConnectionTrace> trace;
    Firsts firsts;
  };

  bool take(Share& share, std::size_t bytes);
  void add(trace::Plaintext&& piece);
  void add_of_piece(std::size_t bytes);
  template <typename Item>
  using ListOf = std::vector<Item> trace::ConnectionTrace::*;
  using FirstOf = std::size_t Firsts::*;
  template <typename Item>
  Item* numbered(ListOf<Item> items, FirstOf first, std::size_t number) const;
  // Its index in the chapter; none: that does not hold it.
  std::optional<std::size_t> place_of(std::size_t exchange) const;
  void keep(std::size_t number, trace::Exchange&& exchange);
  void take_over_exchanges(const trace::ConnectionTrace& old);
  void take_over_plaintext(const trace::ConnectionTrace& old, Direction direction);
  void loosen(std::size_t number, trace::Exchange&& exchange);
  void tell_frame(News::What what, const trace::Frame& frame, std::optional<std::size_t> number);
  void landed(Expected what, Instant at);

  OwnTrace trace_;
  const Tap::Listener& listener_;
  const Tap::Divider& divider_;
  Landings landings_;
  Firsts firsts_;
  std::vector<Past> past_;                         // the oldest first
  std::size_t exchanges_ = 0;                      // begun so far: the next one's number
  std::map<std::size_t, std::size_t> taken_over_;  // exchanges' numbers, and their indices
  const PlaintextPiece* piece_ = nullptr;          // that is being decoded
  std::size_t of_piece_ = 0;                       // so much of it was added
  Instant last_seen_{};
  std::map<std::size_t, trace::Exchange> loose_;
  Share plaintext_{most_plaintext_bytes};
  Share events_{most_event_bytes};
  Share exchange_share_{most_exchange_bytes};
  std::optional<CongestionState> congestion_[2];  // the last one told, by Direction
};

}  // namespace muxlab::server::tap
