#include <algorithm>
#include <map>

#include "common/trace/spans.h"

namespace muxlab::trace {
namespace {

bool came_through(const Segment& segment) {
  return segment.fate == Segment::Fate::arrived && segment.length > 0;
}
bool was_lost(const Segment& segment) {
  return (segment.fate == Segment::Fate::lost || segment.fate == Segment::Fate::dropped) &&
         segment.length > 0;
}

// How fast segments of a size came through at best: that is how long the way is.
class ShortestTransits {
 public:
  void add(const Segment& segment) {
    const Duration took = segment.at - segment.sent;
    const auto [known, is_new] = by_length_.emplace(segment.length, took);
    if (!is_new) known->second = std::min(known->second, took);
  }
  // Of segments at least as long, or else of the longest ones.
  Duration of(std::uint32_t length) const {
    if (by_length_.empty()) return {};
    Duration shortest = by_length_.rbegin()->second;
    for (auto longer = by_length_.lower_bound(length); longer != by_length_.end(); ++longer) {
      shortest = std::min(shortest, longer->second);
    }
    return shortest;
  }

 private:
  std::map<std::uint32_t, Duration> by_length_;
};

// What has arrived, by its place among the bytes.
class Arrivals {
 public:
  void add(const Segment& segment) {
    by_offset_.emplace(segment.offset, &segment);
    longest_ = std::max<std::uint64_t>(longest_, segment.length);
  }
  // When the last of these bytes was there first; none: not all of them came.
  std::optional<Instant> all_of(const Segment& lost) const {
    const std::uint64_t end = lost.offset + lost.length;
    std::vector<const Segment*> having;
    const std::uint64_t earliest = lost.offset - std::min(lost.offset, longest_);
    for (auto it = by_offset_.lower_bound(earliest); it != by_offset_.end() && it->first < end;
         ++it) {
      if (it->first + it->second->length > lost.offset) having.push_back(it->second);
    }
    std::uint64_t covered = lost.offset;
    std::optional<Instant> there;
    while (covered < end) {
      const Segment* best = nullptr;  // brings the byte at `covered`, earliest
      for (const Segment* segment : having) {
        const bool has_it =
            segment->offset <= covered && segment->offset + segment->length > covered;
        if (has_it && (best == nullptr || segment->at < best->at)) best = segment;
      }
      if (best == nullptr) return std::nullopt;
      there = std::max(there.value_or(best->at), best->at);
      covered = best->offset + best->length;
    }
    return there;
  }

 private:
  std::multimap<std::uint64_t, const Segment*> by_offset_;
  std::uint64_t longest_ = 0;
};

}  // namespace

std::vector<Stall> stalls(const ConnectionTrace& connection, Direction direction) {
  ShortestTransits transits;
  Arrivals arrivals;
  for (const Segment& segment : connection.segments) {
    if (segment.direction != direction || !came_through(segment)) continue;
    transits.add(segment);
    arrivals.add(segment);
  }
  std::vector<Stall> found;
  Instant before = Instant::min();  // arrival of the last one sent before that came through
  for (const Segment& segment : connection.segments) {
    if (segment.direction != direction) continue;
    if (came_through(segment)) before = segment.at;
    if (!was_lost(segment)) continue;
    const Instant due = std::max(before, segment.sent + transits.of(segment.length));
    const std::optional<Instant> landed = arrivals.all_of(segment);
    if (landed && *landed > due) found.push_back({due, *landed});
  }
  return united(std::move(found));
}

}  // namespace muxlab::trace
