// What has been counted, as Prometheus reads it. A series appears with its first event.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "server/lab/metrics/exposition.h"
#include "server/lab/metrics/metrics.h"

namespace muxlab::server::lab::metrics {
namespace {

using Lanes = std::vector<LaneCounts>;
using ProtocolCount = std::uint64_t ProtocolCounts::*;
using LaneCount = std::uint64_t LaneCounts::*;
using ErrorCounts = std::array<std::array<std::uint64_t, error_codes>, 2>;

constexpr Direction directions[] = {Direction::down, Direction::up};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// A number of each lane and protocol.
void write_by_protocol(Exposition& out, const Lanes& lanes, ProtocolCount number) {
  for (const LaneCounts& lane : lanes) {
    for (std::size_t protocol = 0; protocol < protocol_count; ++protocol) {
      const ProtocolCounts& counts = lane.protocols[protocol];
      if (counts.connections == 0 && counts.*number == 0) continue;
      out.sample({{"lane", lane.lane}, {"protocol", protocol_label(protocol)}}, counts.*number);
    }
  }
}

void write_by_lane(Exposition& out, const Lanes& lanes, LaneCount number) {
  for (const LaneCounts& lane : lanes) out.sample({{"lane", lane.lane}}, lane.*number);
}

void write_connections(Exposition& out, const Lanes& lanes) {
  out.counter("muxlab_connections_total", "Connections accepted, once their protocol is known.");
  write_by_protocol(out, lanes, &ProtocolCounts::connections);
  out.gauge("muxlab_connections_open", "Connections that are open.");
  write_by_protocol(out, lanes, &ProtocolCounts::open);
  out.counter("muxlab_connections_ended_total", "Connections that have ended, by who ended them.");
  for (const LaneCounts& lane : lanes) {
    for (const EndedBy by : {EndedBy::client, EndedBy::server}) {
      out.sample({{"lane", lane.lane}, {"by", name_of(by)}},
                 lane.ended[static_cast<std::size_t>(by)]);
    }
  }
  out.counter("muxlab_tls_handshakes_total", "TLS handshakes done, full or resumed by a ticket.");
  for (const LaneCounts& lane : lanes) {
    out.sample({{"lane", lane.lane}, {"kind", "full"}}, lane.full_handshakes);
    out.sample({{"lane", lane.lane}, {"kind", "resumed"}}, lane.resumed_handshakes);
  }
}

void write_answers(Exposition& out, const LaneCounts& lane, std::size_t protocol) {
  for (std::size_t status = 0; status < status_classes; ++status) {
    const std::uint64_t count = lane.protocols[protocol].requests[status];
    if (count == 0) continue;
    out.sample({{"lane", lane.lane},
                {"protocol", protocol_label(protocol)},
                {"status", status_label(status)}},
               count);
  }
}

void write_requests(Exposition& out, const Lanes& lanes) {
  out.counter("muxlab_requests_total",
              "Requests by the class of their status, once answered; none: never answered.");
  for (const LaneCounts& lane : lanes) {
    for (std::size_t protocol = 0; protocol < protocol_count; ++protocol) {
      write_answers(out, lane, protocol);
    }
  }
  out.counter("muxlab_requests_reused_total", "Requests that were not their connection's first.");
  write_by_protocol(out, lanes, &ProtocolCounts::reused);
  out.gauge("muxlab_streams_open", "Requests under way, until their last byte has landed.");
  write_by_lane(out, lanes, &LaneCounts::open_streams);
  out.gauge("muxlab_streams_open_most", "The most requests that were under way on one connection.");
  write_by_lane(out, lanes, &LaneCounts::most_streams);
}

void write_bytes(Exposition& out, const Lanes& lanes) {
  out.counter("muxlab_bytes_total", "Bytes on lanes, by what they are for.");
  for (const LaneCounts& lane : lanes) {
    for (std::size_t kind = 0; kind < byte_kinds; ++kind) {
      for (const Direction direction : directions) {
        out.sample({{"lane", lane.lane},
                    {"kind", byte_kind_label(kind)},
                    {"direction", name_of(direction)}},
                   lane.bytes[kind][static_cast<std::size_t>(direction)]);
      }
    }
  }
  out.counter("muxlab_segments_lost_total", "Segments lost on simulated lines.");
  write_by_lane(out, lanes, &LaneCounts::lost_segments);
}

void write_errors_of(Exposition& out, const LaneCounts& lane, const ErrorCounts& counts) {
  for (const Direction direction : directions) {
    for (std::size_t code = 0; code < error_codes; ++code) {
      const std::uint64_t count = counts[static_cast<std::size_t>(direction)][code];
      if (count == 0) continue;
      out.sample(
          {{"lane", lane.lane}, {"direction", name_of(direction)}, {"code", error_label(code)}},
          count);
    }
  }
}

void write_errors(Exposition& out, const Lanes& lanes) {
  out.counter("muxlab_resets_total", "RST_STREAM frames; down are the server's.");
  for (const LaneCounts& lane : lanes) write_errors_of(out, lane, lane.resets);
  out.counter("muxlab_goaways_total", "GOAWAY frames; down are the server's.");
  for (const LaneCounts& lane : lanes) write_errors_of(out, lane, lane.goaways);
}

void write_taps(Exposition& out, const Lanes& lanes) {
  out.counter("muxlab_tap_dropped_total",
              "Frames, segments and pieces for which no memory was left.");
  write_by_lane(out, lanes, &LaneCounts::tap_dropped);
  out.counter("muxlab_tap_gave_up_total", "Connections whose decoding was given up.");
  write_by_lane(out, lanes, &LaneCounts::tap_gave_up);
}

// The latest first: they are what one looks for.
void write_lateness(Exposition& out, std::vector<LineFigures> lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const LineFigures& one, const LineFigures& other) {
                     return one.lateness.p99 > other.lateness.p99;
                   });
  if (lines.size() > most_told_lines) lines.resize(most_told_lines);
  out.summary("muxlab_line_lateness_seconds", "How far simulated lines are behind their schedule.");
  for (const LineFigures& line : lines) {
    if (line.lateness.samples == 0) continue;
    for (const auto& [quantile, late] :
         {std::pair{"0.5", line.lateness.p50}, std::pair{"0.99", line.lateness.p99}}) {
      out.sample({{"lane", line.lane}, {"client", line.client}, {"quantile", quantile}},
                 seconds(late));
    }
    out.sample_count({{"lane", line.lane}, {"client", line.client}}, line.lateness.samples);
  }
}

void write_lab(Exposition& out, const LabFigures& figures) {
  out.counter("muxlab_runs_begun_total", "Runs that were asked for.");
  out.sample({}, figures.runs_begun);
  out.counter("muxlab_runs_dropped_total", "Runs that were forgotten to make room.");
  out.sample({}, figures.runs_dropped);
  out.gauge("muxlab_runs_open", "Runs that wait or run.");
  out.sample({}, std::uint64_t{figures.runs_open});
  out.gauge("muxlab_watchers", "Those who watch live events.");
  out.sample({}, std::uint64_t{figures.watchers});
  out.counter("muxlab_events_lost_total", "Live events that watchers missed.");
  out.sample({}, figures.lost_events);
  out.counter("muxlab_limit_reached_total",
              "What was refused or forgotten as a limit was reached.");
  for (const LimitFigures& each : figures.limits) {
    out.sample({{"limit", each.limit}}, each.reached);
  }
}

void write_workers(Exposition& out, const std::vector<WorkerFigures>& workers) {
  out.counter("muxlab_site_connections_total", "Connections to the site that a worker accepted.");
  for (std::size_t i = 0; i < workers.size(); ++i) {
    out.sample({{"worker", std::to_string(i)}}, workers[i].accepted);
  }
  out.gauge("muxlab_site_connections_open", "Connections to the site that are open.");
  for (std::size_t i = 0; i < workers.size(); ++i) {
    out.sample({{"worker", std::to_string(i)}}, workers[i].open);
  }
  out.counter("muxlab_site_requests_total", "Requests to the site that a worker answered.");
  for (std::size_t i = 0; i < workers.size(); ++i) {
    for (std::size_t protocol = 0; protocol < workers[i].requests.size(); ++protocol) {
      out.sample({{"worker", std::to_string(i)}, {"protocol", protocol_label(protocol)}},
                 workers[i].requests[protocol]);
    }
  }
}

}  // namespace

std::string Metrics::text(const LabFigures& figures) const {
  Exposition out;
  write_connections(out, lanes_);
  write_requests(out, lanes_);
  write_bytes(out, lanes_);
  write_errors(out, lanes_);
  write_taps(out, lanes_);
  write_lateness(out, figures.lines);
  write_lab(out, figures);
  write_workers(out, figures.workers);
  return out.take();
}

}  // namespace muxlab::server::lab::metrics
