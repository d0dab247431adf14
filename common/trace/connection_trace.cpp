#include "common/trace/connection_trace.h"

namespace muxlab::trace {

std::string_view name_of(Segment::Fate fate) {
  switch (fate) {
    case Segment::Fate::under_way:
      return "under way";
    case Segment::Fate::arrived:
      return "arrived";
    case Segment::Fate::lost:
      return "lost";
    case Segment::Fate::dropped:
      return "dropped";
  }
  return "";
}

}  // namespace muxlab::trace
