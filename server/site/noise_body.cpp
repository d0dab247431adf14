#include "server/site/noise_body.h"

#include <algorithm>

namespace muxlab::server::site {

// splitmix64 (Steele, Lea and Flood, 2014).
std::uint64_t NoiseBody::next_word() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

http::ReadOutcome NoiseBody::read(MutableBytes room) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), rest_));
  for (std::uint8_t& byte : room.first(count)) {
    if (word_bytes_ == 0) {
      word_ = next_word();
      word_bytes_ = sizeof word_;
    }
    byte = static_cast<std::uint8_t>(word_);
    word_ >>= 8;
    --word_bytes_;
  }
  rest_ -= count;
  return {rest_ == 0 ? http::ReadOutcome::Kind::end : http::ReadOutcome::Kind::some, count};
}

}  // namespace muxlab::server::site
