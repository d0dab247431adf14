// A trace for other tools. Each export comes in small pieces, so that whoever streams it can stop
// after each: a big one must not hold up a line's timer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/trace/run_trace.h"

namespace muxlab::trace {

// Appends the next piece, one record or so (some KiB at most), to `out`. False: there was none
// left.
using Pieces = std::function<bool(std::string& out)>;

// The trace JSON of docs/traces.md: run, connections, exchanges, frames, segments, time, cost.
// Times are milliseconds with microsecond digits, relative to the run's start.
Pieces trace_json(std::shared_ptr<const RunTrace> trace);

// HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), with what browsers and WebPageTest
// add.
Pieces har(std::shared_ptr<const RunTrace> trace);

// Where a capture was made.
enum class Vantage : std::uint8_t {
  client,  // the bytes in order, when they landed; nothing that TCP does of itself
  server   // each segment as it was sent, lost ones and retransmissions too
};

// pcapng: the plaintext as TCP to port 80, which Wireshark decodes without keys and settings. With
// a handshake and an end; the real port, protocol and lane stand in a comment.
Pieces pcapng(std::shared_ptr<const RunTrace> trace, Vantage vantage);

// One frame as one line of JSON, as in the trace JSON, times relative to `start`: the live feed's
// and
// --watch's. No newline.
std::string frame_json(const ConnectionTrace& connection, const Frame& frame, Instant start);
// "c17"
std::string connection_name(const ConnectionTrace& connection);

}  // namespace muxlab::trace
