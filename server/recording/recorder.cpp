#include "server/recording/recorder.h"

#include <utility>

namespace muxlab::server::recording {

ConnectionObserver& Recorder::begin(std::uint64_t connection, std::string lane) {
  std::unique_ptr<tap::Tap>& tap = taps_[connection];
  auto trace = std::make_shared<trace::ConnectionTrace>();
  trace->facts.id = connection;
  trace->lane = std::move(lane);
  tap = std::make_unique<tap::Tap>(std::move(trace), told_, divided_);
  return *tap;
}

void Recorder::on_a_line(std::uint64_t connection) {
  const auto found = taps_.find(connection);
  if (found != taps_.end()) found->second->trace()->on_a_line = true;
}

void Recorder::ended(std::uint64_t connection, std::string_view why, Instant at) {
  const auto found = taps_.find(connection);
  if (found != taps_.end()) found->second->ended(EndedBy::server, why, at);
}

void Recorder::left(std::uint64_t connection) {
  taps_.erase(connection);
}

void Recorder::advance() {
  for (auto& [connection, tap] : taps_) {
    const trace::ConnectionTrace& trace = *tap->trace();
    const std::size_t taken_over = trace.beginning ? trace.beginning->held_bytes : 0;
    const bool unclaimed = tap->trace().use_count() == 1;
    if (unclaimed && trace.held_bytes > taken_over + most_unclaimed_bytes) tap->begin_chapter();
  }
}

SharedTrace Recorder::find(std::uint64_t connection) const {
  const auto found = taps_.find(connection);
  return found == taps_.end() ? nullptr : found->second->trace();
}

void Recorder::tell(const trace::ConnectionTrace& trace, tap::News news) {
  const auto found = taps_.find(trace.facts.id);
  if (found == taps_.end()) return;
  for (const Listener& listener : listeners_) listener(found->second->trace(), news);
}

}  // namespace muxlab::server::recording
