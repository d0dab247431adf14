// Counts one connection's wire bytes for whoever observes it: which of them carry which plaintext,
// and when the client sent those that were opened. Only observed connections have one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "common/base/byte_queue.h"
#include "common/base/bytes.h"
#include "common/base/connection_observer.h"
#include "common/base/time.h"

namespace muxlab::connection {

class WireWatch {
 public:
  // The observer outlives it.
  WireWatch(ConnectionObserver& observer, const ConnectionFacts& facts, Instant now);

  // The client has sent so many wire bytes.
  void entered(std::size_t bytes, Instant now);
  // So many of them have been opened.
  void opened(std::size_t wire_bytes);
  // The channel has put so many wire bytes behind those that departed before.
  void departed(std::size_t wire_bytes) { departed_ += wire_bytes; }

  void secured(const TlsFacts& facts, Instant now) {
    observer_.secured(facts, last_opened_entered_, now);
  }
  // What the last opened() brought.
  void received(Bytes plaintext, Instant now);
  // What the last departed() carries.
  void written(Bytes plaintext, Instant now);
  void landed(std::uint64_t wire_bytes, Instant now);
  // Told once; the first end is the one that counts.
  void ended(EndedBy by, std::string_view why, Instant now);

 private:
  // Wire bytes up to `end` were sent at `at`, or before.
  struct Entry {
    std::uint64_t end;
    Instant at;
  };

  ConnectionObserver& observer_;
  std::deque<Entry> entries_;  // not opened yet: what the link bounds
  std::uint64_t entered_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t departed_ = 0;
  std::uint64_t landed_ = 0;
  Instant last_opened_entered_;  // when the last byte that was opened was sent
  bool ended_ = false;
};

}  // namespace muxlab::connection
