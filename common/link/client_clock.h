// How far a client's own time lies behind ours. A server that waits for its client must not count
// what the client's line takes; this clock is kept at the client's end of the line, and stands
// still while the client can do nothing but wait. Knows nothing of packets: the link tells it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/time.h"

namespace muxlab::link {

class ClientClock {
 public:
  // A line on which nothing has moved for so long is no excuse any more: RFC 9293 section 3.8.3 has
  // TCP itself give up on a connection attempt after three minutes, at the least.
  static constexpr Duration longest_standstill = 180s;

  // While the clock stands, lag() runs ahead of it by this much: a deadline that is moved by it can
  // be looked at again after that time, and not at every instant.
  static constexpr Duration step = 100ms;

  explicit ClientClock(Instant now) : last_taken_at_(now), moved_(now) {}

  // The client has put its bytes up to the `end`th on the line; the server has taken those up to
  // it.
  void sent(std::uint64_t end, Instant now);
  void taken(std::uint64_t end, Instant now);

  // The server answers now. Unless more of the client's is under way, it has been waiting for this
  // since it sent its last byte.
  void answered(Instant now);

  // From now on the line does, or does not, keep the client from acting: it takes no more from the
  // client, or has not yet brought it what it would have to answer.
  void hold(bool held, Instant now);

  // Something has arrived at one of the line's ends.
  void moved(Instant now) { moved_ = now; }

  // What lies between the time now and the last that can be known of the client: when it sent the
  // oldest byte that is under way; or now, less all the time for which it was held.
  Duration lag(Instant now) const;

 private:
  // The client's time when it sent the first byte before `end` that no earlier entry has.
  struct Sent {
    std::uint64_t end;
    Instant at;
  };

  bool stands() const { return held_since_.has_value() || !under_way_.empty(); }
  Instant at_client(Instant now) const;

  std::deque<Sent> under_way_;  // an entry for each `step` of its time, at the most
  Instant last_taken_at_;       // the client's time when it sent what was taken last
  std::optional<Instant> held_since_;
  Duration held_{};  // before that
  Instant moved_;    // or when the clock last began to stand
};

}  // namespace muxlab::link
