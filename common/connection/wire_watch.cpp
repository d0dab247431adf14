#include "common/connection/wire_watch.h"

#include <utility>

namespace muxlab::connection {

WireWatch::WireWatch(ConnectionObserver& observer, const ConnectionFacts& facts, Instant now)
    : observer_(observer), last_opened_entered_(now) {
  observer_.opened(facts, now);
}

void WireWatch::entered(std::size_t bytes, Instant now) {
  entered_ += bytes;
  if (!entries_.empty() && entries_.back().at == now) {
    entries_.back().end = entered_;
  } else {
    entries_.push_back({entered_, now});
  }
}

void WireWatch::opened(std::size_t wire_bytes) {
  if (wire_bytes == 0) return;
  opened_ += wire_bytes;
  while (entries_.front().end < opened_) entries_.pop_front();
  last_opened_entered_ = entries_.front().at;
  if (entries_.front().end == opened_) entries_.pop_front();
}

void WireWatch::received(Bytes plaintext, Instant now) {
  observer_.plaintext({.direction = Direction::up,
                       .bytes = plaintext,
                       .sent = last_opened_entered_,
                       .received = now,
                       .wire_end = opened_});
}

void WireWatch::written(Bytes plaintext, Instant now) {
  observer_.plaintext({.direction = Direction::down,
                       .bytes = plaintext,
                       .sent = now,
                       .received = now,
                       .wire_end = departed_});
}

void WireWatch::landed(std::uint64_t wire_bytes, Instant now) {
  if (wire_bytes == std::exchange(landed_, wire_bytes)) return;
  observer_.landed(wire_bytes, now);
}

void WireWatch::ended(EndedBy by, std::string_view why, Instant now) {
  if (!std::exchange(ended_, true)) observer_.ended(by, why, now);
}

}  // namespace muxlab::connection
