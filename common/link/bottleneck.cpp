#include "common/link/bottleneck.h"

#include <algorithm>

#include "common/link/line_profile.h"

namespace muxlab::link {
namespace {

// Separates the draws for bursts from those for single packets.
constexpr std::uint64_t burst_stream = 0x6275727374;  // "burst"

}  // namespace

Bottleneck::Bottleneck(Direction direction, const LineProfile& profile, Chance chance)
    : direction_(direction) {
  change(profile);
  if (chance == Chance::of_each_turn) in_turn_.emplace(profile.seed, direction);
}

void Bottleneck::change(const LineProfile& profile) {
  const bool down = direction_ == Direction::down;
  seed_ = profile.seed;
  bits_per_second_ = down ? profile.down_bps : profile.up_bps;
  distance_ = profile.rtt / 2;
  loss_ = down ? profile.loss_down : profile.loss_up;
  burst_packets_ = profile.burst;
  queue_limit_packets_ = profile.queue_packets;
  queue_limit_bytes_ = profile.queue_bytes;
}

Passage Bottleneck::pass(const Freight& freight, Instant now) {
  forget_those_that_left(now);
  if (!freight.certain && is_full(freight.wire_bytes)) return {Passage::Fate::dropped, now, now};

  free_ = std::max(now, free_) + time_to_send(freight.wire_bytes);
  queue_.push_back({free_, freight.wire_bytes});
  queued_bytes_ += freight.wire_bytes;
  if (!freight.certain && is_lost(freight)) return {Passage::Fate::lost, free_, free_};

  last_arrival_ = std::max(free_ + distance_, last_arrival_);
  return {Passage::Fate::arrives, free_, last_arrival_};
}

void Bottleneck::forget_those_that_left(Instant now) {
  while (!queue_.empty() && queue_.front().leaves <= now) {
    queued_bytes_ -= queue_.front().bytes;
    queue_.pop_front();
  }
}

bool Bottleneck::is_full(std::uint32_t wire_bytes) const {
  if (queue_limit_bytes_) {
    return !queue_.empty() && queued_bytes_ + wire_bytes > *queue_limit_bytes_;
  }
  return queue_.size() >= queue_limit_packets_;
}

Duration Bottleneck::time_to_send(std::uint32_t wire_bytes) const {
  if (!bits_per_second_) return Duration::zero();
  constexpr std::uint64_t nanobits_a_byte = 8'000'000'000;  // bits a byte times ns a second
  return Duration{static_cast<Duration::rep>(wire_bytes * nanobits_a_byte / *bits_per_second_)};
}

bool Bottleneck::is_lost(const Freight& freight) {
  ++packets_;
  const bool by_chance = burst_packets_ ? burst_loses() : chance_loses(freight);
  return by_chance || freight.doomed;
}

bool Bottleneck::chance_loses(const Freight& freight) {
  if (in_turn_) return in_turn_->next() < loss_;
  return loss_ > 0 && draw(seed_, freight.stream, freight.ordinal) < loss_;
}

// A burst hits whatever is on the line, so it is drawn for the line's packets, not for one
// connection's. It ends after each packet with 1/length, and begins so often that the share lost is
// loss_: begin / (begin + end) = loss_.
bool Bottleneck::burst_loses() {
  const double end = 1.0 / *burst_packets_;
  const double begin = loss_ < 1 ? loss_ * end / (1 - loss_) : 1;
  const std::uint64_t stream = burst_stream + static_cast<std::uint64_t>(direction_);
  const double drawn = draw(seed_, stream, packets_);
  in_burst_ = in_burst_ ? drawn >= end || loss_ >= 1 : drawn < begin;
  return in_burst_;
}

}  // namespace muxlab::link
