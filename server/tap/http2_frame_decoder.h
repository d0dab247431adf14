// Cuts one direction of an HTTP/2 connection into its frames (RFC 9113 section 4.1), the client's
// after its preface. The cut of what it is fed changes nothing. Knows no stream and no header
// block's content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/direction.h"
#include "common/base/result.h"
#include "server/tap/http2_frame.h"

namespace muxlab::server::tap {

// The longest frame, even where SETTINGS_MAX_FRAME_SIZE allows more: 16 MiB less a byte would.
// Browsers and libraries say 16 KiB, some 1 MiB.
inline constexpr std::uint32_t most_frame_bytes = 1024 * 1024;

class Http2FrameDecoder {
 public:
  explicit Http2FrameDecoder(Direction direction)
      : direction_(direction),
        place_(direction == Direction::up ? Place::preface : Place::header) {}

  // The receiver of these frames has said SETTINGS_MAX_FRAME_SIZE. It holds as soon as it is said,
  // and is never taken back: what is under way may still be as long as it was allowed to be.
  void allow_frames_of(std::uint32_t bytes);

  // Where in the plaintext the frame begins that is being read, or the next one.
  std::uint64_t frame_begin() const {
    const bool between = place_ != Place::payload && kept_.empty();
    return between ? taken_ : current_.frame.plain_begin;
  }

  // Takes bytes off the front of `input`, which came at `moment`, up to the end of a frame. None:
  // it took all. After a failure the decoder is used up.
  Result<std::optional<Http2Frame>> take(Bytes& input, const Moment& moment);

 private:
  //   preface --> header <--> payload
  enum class Place { preface, header, payload };

  void keep(Bytes& input, std::size_t until);
  Status begin_payload();
  Result<std::optional<Http2Frame>> finish(const Moment& moment);

  Direction direction_;
  Place place_;
  std::uint32_t allowed_bytes_ = 16384;  // RFC 9113 section 6.5.2
  std::uint64_t taken_ = 0;              // of the direction's plaintext
  Http2Frame current_;
  std::string kept_;              // of the preface, the frame's header or its payload
  std::size_t keep_payload_ = 0;  // how much of the payload to keep
  std::uint32_t payload_taken_ = 0;
};

}  // namespace muxlab::server::tap
