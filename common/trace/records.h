// The other records of the trace JSON: a run, its connections, segments, and what follows from
// them.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "common/trace/analysis.h"
#include "common/trace/json.h"
#include "common/trace/run_trace.h"
#include "common/trace/waits.h"

namespace muxlab::trace {

// The run's own numbers of its exchanges, from 1 in the run's order.
class ExchangeIds {
 public:
  explicit ExchangeIds(const std::vector<RunExchange>& exchanges);
  // Null: it is none of the run's.
  Json of(RunExchange which) const;

 private:
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> ids_;
};

Json run_record(const RunTrace& trace);
Json connection_record(const ConnectionTrace& connection, Instant start);
Json exchange_record(const RunTrace& trace, RunExchange which, const ExchangeIds& ids,
                     const ClientReport* report, const std::vector<Blocked>& blocked);
Json segment_record(const ConnectionTrace& connection, const Segment& segment, Instant start);
Json congestion_record(const ConnectionTrace& connection, const CongestionState& state,
                       Instant start);
// Null: no exchange is complete.
Json time_record(const RunTrace& trace, RunWaits& waits);
Json cost_record(const RunTrace& trace);

}  // namespace muxlab::trace
