#include "server/lab/events/watcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace muxlab::server::lab::events {

Watcher::Watcher(const std::shared_ptr<FeedView>& view, Filter filter, std::uint64_t connection,
                 std::optional<std::uint64_t> last_event_id)
    : view_(view),
      filter_(std::move(filter)),
      connection_(connection),
      next_(view->ring.next()),
      heartbeats_(view->heartbeats) {
  view->watchers.push_back(this);
  if (!last_event_id) return;
  if (view->ring.can_count_from(*last_event_id + 1)) {
    next_ = *last_event_id + 1;
  } else {
    lost_uncounted_ = true;
  }
}

Watcher::~Watcher() {
  if (const auto view = view_.lock()) std::erase(view->watchers, this);
}

http::ReadOutcome Watcher::read(MutableBytes room) {
  using Kind = http::ReadOutcome::Kind;
  const auto view = view_.lock();
  if (!view) return {Kind::end};
  if (read_ == text_.size()) compose(*view);
  const std::size_t count = std::min(room.size(), text_.size() - read_);
  if (count == 0) return {view->over ? Kind::end : Kind::waiting};
  std::memcpy(room.data(), text_.data() + read_, count);
  read_ += count;
  return {Kind::some, count};
}

bool Watcher::has_something(const FeedView& view) {
  skip_unwanted(view.ring);
  return view.over || !greeted_ || lost_uncounted_ || read_ < text_.size() ||
         heartbeats_ != view.heartbeats || next_ != view.ring.next();
}

void Watcher::compose(FeedView& view) {
  text_.clear();
  read_ = 0;
  if (!std::exchange(greeted_, true)) text_ += "retry: 1000\n\n";
  if (std::exchange(heartbeats_, view.heartbeats) != view.heartbeats) text_ += ":\n\n";
  tell_of_loss(view);
  skip_unwanted(view.ring);
  if (next_ != view.ring.next()) take_message(view.ring);
}

void Watcher::tell_of_loss(FeedView& view) {
  const Ring& ring = view.ring;
  if (std::exchange(lost_uncounted_, false)) {
    fmt::format_to(std::back_inserter(text_), "id: {}\nevent: lost\ndata: {{\"events\":null}}\n\n",
                   next_ - 1);
  }
  if (next_ >= ring.first()) return;
  const std::uint64_t count = ring.first() - next_;
  view.missed += count;
  next_ = ring.first();
  fmt::format_to(std::back_inserter(text_), "id: {}\nevent: lost\ndata: {{\"events\":{}}}\n\n",
                 next_ - 1, count);
}

void Watcher::skip_unwanted(const Ring& ring) {
  if (next_ < ring.first()) return;  // that comes first
  while (next_ != ring.next() && !filter_.matches(ring[next_])) ++next_;
}

// All that match and are of one kind, until one that matches is of another.
void Watcher::take_message(const Ring& ring) {
  const EventKind kind = ring[next_].kind;
  const bool array = comes_in_arrays(kind);
  fmt::format_to(std::back_inserter(text_), "event: {}\ndata: {}", name_of(kind), array ? "[" : "");
  const std::size_t begin = text_.size();
  std::uint64_t last = next_;
  for (; next_ != ring.next() && text_.size() - begin < most_message_bytes; ++next_) {
    const WrittenEvent& event = ring[next_];
    if (!filter_.matches(event)) continue;
    const bool first = text_.size() == begin;
    if (event.kind != kind || (!first && !array)) break;
    if (!first) text_ += ',';
    text_ += event.json;
    last = next_;
  }
  fmt::format_to(std::back_inserter(text_), "{}\nid: {}\n\n", array ? "]" : "", last);
}

}  // namespace muxlab::server::lab::events
