// Content made as it is read: noise that no coding makes smaller, from a seed. Takes no memory,
// whatever its length.
#pragma once

#include <cstdint>

#include "common/http/response.h"

namespace muxlab::server::site {

class NoiseBody final : public http::Body {
 public:
  NoiseBody(std::uint64_t seed, std::uint64_t bytes) : state_(seed), rest_(bytes) {}
  http::ReadOutcome read(MutableBytes room) override;

 private:
  std::uint64_t next_word();

  std::uint64_t state_;
  std::uint64_t rest_;
  std::uint64_t word_ = 0;   // what is left of the last one made
  unsigned word_bytes_ = 0;  // how much that is
};

}  // namespace muxlab::server::site
