#include "server/tap/segments.h"

#include <algorithm>

namespace muxlab::server::tap {
namespace {

using Fate = trace::Segment::Fate;

trace::Segment segment_of(const SegmentEvent& event, Fate fate) {
  return {.direction = event.direction,
          .offset = event.offset,
          .length = event.bytes,
          .retransmission = event.retransmission,
          .fate = fate,
          .sent = event.at,
          .at = event.at};
}

}  // namespace

void Segments::happened(const SegmentEvent& event) {
  switch (event.what) {
    case SegmentEvent::What::queued:
      return begin(event);
    case SegmentEvent::What::dropped:
      return writer_.tell(News::What::segment_lost, writer_.add(segment_of(event, Fate::dropped)));
    case SegmentEvent::What::lost:
      return lost(event);
    case SegmentEvent::What::arrived:
      return arrived(event);
    case SegmentEvent::What::sent:
    case SegmentEvent::What::acknowledged:
      return;
  }
}

void Segments::begin(const SegmentEvent& event) {
  while (!under_way_.empty() && writer_.segment(under_way_.front()) == nullptr) {
    under_way_.pop_front();
  }
  if (const auto number = writer_.add(segment_of(event, Fate::under_way))) {
    under_way_.push_back(*number);
  }
}

bool Segments::is_of(std::size_t number, const SegmentEvent& event) const {
  const trace::Segment* const segment = writer_.segment(number);
  return segment != nullptr && segment->direction == event.direction &&
         segment->offset == event.offset && segment->length == event.bytes &&
         segment->retransmission == event.retransmission;
}

// Told as soon as it was queued: the one that was queued last.
void Segments::lost(const SegmentEvent& event) {
  const auto found = std::find_if(under_way_.rbegin(), under_way_.rend(),
                                  [&](std::size_t number) { return is_of(number, event); });
  if (found == under_way_.rend()) return writer_.tell(News::What::segment_lost);  // not kept
  trace::Segment& segment = *writer_.segment(*found);
  segment.fate = Fate::lost;
  segment.at = event.at;
  const std::size_t number = *found;
  under_way_.erase(std::next(found).base());
  writer_.tell(News::What::segment_lost, number);
}

// A line keeps the order: of several copies under way, the one that was sent first.
void Segments::arrived(const SegmentEvent& event) {
  const auto found = std::find_if(under_way_.begin(), under_way_.end(),
                                  [&](std::size_t number) { return is_of(number, event); });
  if (found == under_way_.end()) return;
  trace::Segment& segment = *writer_.segment(*found);
  segment.fate = Fate::arrived;
  segment.at = event.at;
  under_way_.erase(found);
}

}  // namespace muxlab::server::tap
