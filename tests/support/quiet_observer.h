// A connection's observer that takes no notice: tests override what they want to hear.
#pragma once

#include "common/base/connection_observer.h"

namespace muxlab::test {

class QuietObserver : public ConnectionObserver {
 public:
  void opened(const ConnectionFacts&, Instant) override {}
  void established(Direction, Instant, Instant) override {}
  void secured(const TlsFacts&, Instant, Instant) override {}
  void plaintext(const PlaintextPiece&) override {}
  void landed(std::uint64_t, Instant) override {}
  void segment(const SegmentEvent&) override {}
  void congestion(const CongestionState&) override {}
  void ended(EndedBy, std::string_view, Instant) override {}
};

}  // namespace muxlab::test
