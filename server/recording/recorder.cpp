#include "server/recording/recorder.h"

#include <utility>

namespace muxlab::server::recording {

ConnectionObserver& Recorder::begin(std::uint64_t connection, std::string lane) {
  Tapped& tapped = tapped_[connection];
  tapped.trace = std::make_shared<trace::ConnectionTrace>();
  tapped.trace->facts.id = connection;
  tapped.trace->lane = std::move(lane);
  tapped.tap = std::make_unique<tap::Tap>(*tapped.trace, told_);
  return *tapped.tap;
}

void Recorder::on_a_line(std::uint64_t connection) {
  const auto found = tapped_.find(connection);
  if (found != tapped_.end()) found->second.trace->on_a_line = true;
}

void Recorder::ended(std::uint64_t connection, std::string_view why, Instant at) {
  const auto found = tapped_.find(connection);
  if (found != tapped_.end()) found->second.tap->ended(EndedBy::server, why, at);
}

void Recorder::left(std::uint64_t connection) {
  tapped_.erase(connection);
}

void Recorder::advance() {
  for (auto& [connection, tapped] : tapped_) {
    const bool unclaimed = tapped.trace.use_count() == 1;
    if (unclaimed && tapped.trace->held_bytes > most_unclaimed_bytes) tapped.tap->forget();
  }
}

SharedTrace Recorder::find(std::uint64_t connection) const {
  const auto found = tapped_.find(connection);
  return found == tapped_.end() ? nullptr : found->second.trace;
}

void Recorder::tell(const trace::ConnectionTrace& trace, tap::News news) {
  const auto found = tapped_.find(trace.facts.id);
  if (found == tapped_.end()) return;
  for (const Listener& listener : listeners_) listener(found->second.trace, news);
}

}  // namespace muxlab::server::recording
