// Watches one connection and makes a trace of it: decodes both directions of its plaintext on its
// own, frames, header blocks, messages and exchanges. Knows no session and disturbs none: what it
// can't decode it says in the trace's `trouble`, and goes quiet.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "common/base/connection_observer.h"
#include "common/trace/connection_trace.h"

namespace muxlab::server::tap {

// What is new on a connection. A trace keeps only so much: who counts must be told of the rest as
// well.
struct News {
  enum class What : std::uint8_t {
    opened,
    secured,
    frame,          // frames: complete
    frame_landed,   // frames: its last byte is at the client
    request,        // exchanges: its request was received
    answered,       // exchanges: its last byte was written
    exchange_over,  // exchanges: its last byte has landed, or it was reset
    segment_lost,   // segments: lost or dropped
    gave_up,        // trouble
    closed,
  };
  What what;
  std::size_t index = 0;  // in the chapter's vector that is named, where it was kept
  bool kept = true;
  // Of what is told: itself, kept or not. They hold while the listener is called.
  const trace::Frame* frame = nullptr;
  const trace::Exchange* exchange = nullptr;
};

using OwnTrace = std::shared_ptr<trace::ConnectionTrace>;

class Tap final : public ConnectionObserver {
 public:
  using Listener = std::function<void(const trace::ConnectionTrace&, News)>;
  // Asked of each request but the connection's first before anything of it is noted: does the trace
  // go on in a new chapter, which begins with it?
  using Divider = std::function<bool(const trace::ConnectionTrace&, std::string_view path)>;

  // The listener and the divider outlive the tap, may be empty, and must not touch the connection.
  Tap(OwnTrace trace, const Listener& listener, const Divider& divider);
  ~Tap() override;

  // The chapter that is being written. Whoever holds one keeps it.
  const OwnTrace& trace() const;

  // Goes on in a new chapter, with what decoding needs of those before as its beginning. Exchanges
  // that are not over come along. What had not landed may still land in the old one.
  void begin_chapter();

  void opened(const ConnectionFacts& facts, Instant at) override;
  void established(Direction direction, Instant greeted, Instant at) override;
  void secured(const TlsFacts& facts, Instant ready, Instant at) override;
  void plaintext(const PlaintextPiece& piece) override;
  void landed(std::uint64_t wire_bytes, Instant at) override;
  void segment(const SegmentEvent& event) override;
  void congestion(const CongestionState& state) override;
  void ended(EndedBy by, std::string_view why, Instant at) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace muxlab::server::tap
