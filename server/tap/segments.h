// What became of each segment on a simulated line: from being queued to its fate.
#pragma once

#include <cstddef>
#include <deque>

#include "common/base/connection_observer.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {

class Segments {
 public:
  // `writer` outlives this.
  explicit Segments(TraceWriter& writer) : writer_(writer) {}

  void happened(const SegmentEvent& event);

 private:
  void begin(const SegmentEvent& event);
  void lost(const SegmentEvent& event);
  void arrived(const SegmentEvent& event);
  bool is_of(std::size_t number, const SegmentEvent& event) const;

  TraceWriter& writer_;
  std::deque<std::size_t> under_way_;  // numbers, in the order of being sent
};

}  // namespace muxlab::server::tap
