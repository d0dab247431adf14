// What time adds to a client's allowance (common/http2/allowance.h): so many frames a second that
// come without work, such as the PINGs that keep a connection alive.
#pragma once

#include <cstdint>

#include "common/base/time.h"
#include "common/http2/allowance.h"

namespace muxlab::server::http2 {

class Forgiveness {
 public:
  explicit Forgiveness(Instant now) : counted_to_(now) {}

  // The credit since the last call; what is left of a part of one is counted the next time.
  std::int64_t since_last(Instant now) {
    constexpr Duration each = Duration{1s} / muxlab::http2::credit::second;
    const std::int64_t whole = (now - counted_to_) / each;
    counted_to_ += whole * each;
    return whole;
  }

 private:
  Instant counted_to_;
};

}  // namespace muxlab::server::http2
