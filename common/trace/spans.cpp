#include "common/trace/spans.h"

#include <algorithm>

namespace muxlab::trace {

std::vector<Span> united(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& one, const Span& other) { return one.from < other.from; });
  std::vector<Span> apart;
  for (const Span& span : spans) {
    if (!apart.empty() && span.from <= apart.back().to) {
      apart.back().to = std::max(apart.back().to, span.to);
    } else {
      apart.push_back(span);
    }
  }
  return apart;
}

std::vector<Span> inside(const std::vector<Span>& spans, Span all) {
  std::vector<Span> parts;
  auto span = std::partition_point(spans.begin(), spans.end(),
                                   [&](const Span& each) { return each.to <= all.from; });
  for (; span != spans.end() && span->from < all.to; ++span) {
    parts.push_back({std::max(span->from, all.from), std::min(span->to, all.to)});
  }
  return parts;
}

std::vector<Span> outside(const std::vector<Span>& spans, Span all) {
  std::vector<Span> parts;
  Instant from = all.from;
  for (const Span& taken : inside(spans, all)) {
    if (taken.from > from) parts.push_back({from, taken.from});
    from = taken.to;
  }
  if (all.to > from) parts.push_back({from, all.to});
  return parts;
}

}  // namespace muxlab::trace
