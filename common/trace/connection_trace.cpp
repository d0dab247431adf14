#include "common/trace/connection_trace.h"

namespace muxlab::trace {

std::uint64_t ConnectionTrace::own_tls_bytes() const {
  if (!beginning) return tls_bytes();
  const Beginning& before = *beginning;
  return tls_bytes() - (before.wire_bytes[0] + before.wire_bytes[1] - before.plain_bytes[0] -
                        before.plain_bytes[1]);
}

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
