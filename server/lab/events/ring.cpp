#include "server/lab/events/ring.h"

#include <utility>

namespace muxlab::server::lab::events {

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::frames:
      return "frames";
    case EventKind::landed:
      return "landed";
    case EventKind::exchanges:
      return "exchanges";
    case EventKind::connections:
      return "connections";
    case EventKind::segments:
      return "segments";
    case EventKind::run:
      return "run";
    case EventKind::lost:
      return "lost";
  }
  return "";
}

bool comes_in_arrays(EventKind kind) {
  return kind != EventKind::run && kind != EventKind::lost;
}

bool Filter::matches(const WrittenEvent& event) const {
  if (event.kind == EventKind::lost) return true;
  return (run.empty() || event.run == run) && (lane.empty() || event.lane == lane) &&
         (!connection || event.connection == *connection);
}

void Ring::add(WrittenEvent event) {
  bytes_ += event.json.size();
  events_.push_back(std::move(event));
  while (events_.size() > most_kept_events || bytes_ > most_kept_event_bytes) {
    bytes_ -= events_.front().json.size();
    events_.pop_front();
    ++first_;
  }
}

void Ring::forget() {
  first_ = next() + 1;
  known_from_ = first_;
  events_.clear();
  bytes_ = 0;
}

}  // namespace muxlab::server::lab::events
