// The client end of HTTP/2 on one connection: opens a stream for each fetch that the board has and
// the peer's limit lets through. Content is counted and not kept. Owns an http2::Endpoint; knows no
// socket and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client/fetch_board.h"
#include "client/session_options.h"
#include "common/base/connection_facts.h"
#include "common/http/session.h"
#include "common/http2/endpoint.h"

namespace muxlab::client {

// How many streams are open at once, whatever the peer allows: Chromium's bound.
inline constexpr std::size_t max_open_streams = 256;

// Chromium's windows, tables and limits, as measured off its connections: SETTINGS `1=65536, 2=0,
// 4=6291456, 6=262144` and a WINDOW_UPDATE of 15663105 for the connection.
inline constexpr http2::EndpointOptions browser_endpoint{
    .stream_window_bytes = 6 * 1024 * 1024,
    .header_table_bytes = 64 * 1024,
    .enable_push = false,
    .connection_window_bytes = 65535 + 15663105,  // 15 MiB
    .header_list_bytes = 256 * 1024,
};

class Http2Session final : public http::Session {
 public:
  // `board` outlives the session; `facts.id` is the connection's on it. Under TLS a server that did
  // not agree to "h2" is not spoken to: the session is over at once (RFC 9113 section 3.2).
  Http2Session(FetchBoard& board, const ConnectionFacts& facts, const SessionOptions& options,
               const http2::EndpointOptions& endpoint, Instant now);

  // A failure says how the peer broke the protocol; what was under way has failed with that.
  Status receive(Bytes plaintext, Instant now) override;
  bool wants_input() const override { return !finished(); }
  void input_ended(Instant now) override;
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant now) override;
  void advance(Instant now) override;
  std::optional<Instant> next_event() const override;
  void shut_down(Instant now) override;
  bool finished() const override { return phase_ == Phase::over; }

 private:
  // asking --GOAWAY from either side--> finishing --the last stream has closed--> over
  //    '--------------- input's end, silence, a broken protocol ------------------^
  enum class Phase { asking, finishing, over };

  bool may_ask() const;
  bool owed() const;
  bool ask(Instant now);
  http::Headers request_fields(const Fetch& fetch) const;

  void handle_events(Instant now);
  void handle(const http2::HeadersReceived& received, Instant now);
  void handle(const http2::ContentReceived& received, Instant now);
  void handle(const http2::ContentEnded& ended, Instant now);
  void handle(const http2::StreamClosed& closed, Instant now);
  void handle(const http2::GoawayReceived& received, Instant now);
  void handle(const http2::PromiseReceived&, Instant) {}  // not enabled
  void handle(const http2::OldPriorityReceived&, Instant) {}
  void handle(const http2::PingAcknowledged&, Instant) {}

  void finish_fetch(http2::StreamId stream, Instant now);
  void end_if_spent(Instant now);
  void break_off(std::string_view why, Instant now);
  void end(std::string_view why, Instant now);

  FetchBoard& board_;
  const ConnectionId connection_;
  const SessionOptions options_;
  http2::Endpoint endpoint_;

  Phase phase_ = Phase::asking;
  std::unordered_map<http2::StreamId, FetchId> fetches_;  // under way
  std::string goaway_;                                    // what the peer's said, for the words
  Instant heard_;  // something was sent after a silence, or the latest bytes came
};

}  // namespace muxlab::client
