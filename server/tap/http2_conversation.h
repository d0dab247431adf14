// Both directions of one HTTP/2 connection: frames go into the trace, header blocks are put
// together and decoded, and what SETTINGS change for the decoding is taken into account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/direction.h"
#include "common/base/result.h"
#include "server/tap/hpack_decoder.h"
#include "server/tap/http2_exchanges.h"
#include "server/tap/http2_frame_decoder.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {

// CONTINUATION frames of one header block: empty ones cost their sender nothing.
inline constexpr std::size_t most_continuations = 64;

// SETTINGS frames that wait to be acknowledged.
inline constexpr std::size_t most_settings_underway = 256;

// Settings whose values are remembered; six are defined by RFC 9113, and a few more elsewhere.
inline constexpr std::size_t most_remembered_settings = 64;

class Http2Conversation {
 public:
  // `writer` outlives this.
  explicit Http2Conversation(TraceWriter& writer) : writer_(writer), exchanges_(writer) {}

  // After a failure nothing more may be taken.
  Status take(Direction direction, Bytes plaintext, const Moment& moment);

  // Where a chapter would begin now, and what it would begin with.
  trace::Beginning beginning() const;

  // No more will come: a header block that isn't whole is shown undecoded.
  void end();

 private:
  // What one SETTINGS frame says of its sender's decoder, in force once it is acknowledged.
  struct TableLimits {
    std::optional<std::uint32_t> least;  // if it says several
    std::optional<std::uint32_t> last;
  };

  struct Way {
    explicit Way(Direction direction) : frames(direction) {}

    Http2FrameDecoder frames;
    HpackDecoder hpack;
    trace::DynamicTable table;      // after the last block that was noted
    std::vector<Http2Frame> block;  // the frames of a header block that isn't whole
    std::string block_bytes;
    std::deque<TableLimits> settings;  // sent this way, not acknowledged
    std::vector<trace::Setting> said;  // of all settings sent this way the last values

    // The first byte of what is not whole yet, or of the next frame.
    std::uint64_t begin() const;
  };

  Way& way(Direction direction) { return ways_[static_cast<std::size_t>(direction)]; }

  Status take_frame(Http2Frame frame);
  Status take_block_frame(Http2Frame frame);
  Status finish_block(Direction direction);
  Status take_settings(const trace::Frame& frame);
  void acknowledge_settings(Direction acknowledging);
  void take_message_frame(Http2Frame frame);
  void show_block(Way& on);
  void watch_windows(const trace::Frame& frame);

  TraceWriter& writer_;
  Http2Exchanges exchanges_;
  trace::FlowWindows windows_;
  Way ways_[2] = {Way{Direction::down}, Way{Direction::up}};  // by Direction
};

}  // namespace muxlab::server::tap
