// The multiplexing session: requests arrive on streams, any number at once, and each is answered on
// its own. Owns an http2::Endpoint and the connection's timers; knows nothing of sockets, TLS or
// what is served.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/connection_facts.h"
#include "common/http/pace.h"
#include "common/http/service.h"
#include "common/http/session.h"
#include "common/http2/endpoint.h"
#include "server/http2/forgiveness.h"
#include "server/http2/schedule.h"

namespace muxlab::server::http2 {

struct Options {
  muxlab::http2::EndpointOptions endpoint;

  Scheduler scheduler = Scheduler::priority;
  bool push = false;         // PUSH_PROMISE for a page's companions, where the client allows it
  bool early_hints = false;  // 103 for a page's companions

  // Without an open stream the connection is drained after this long.
  Duration idle_timeout = 60s;

  // With streams open that wait for the peer and no HEADERS or DATA either way for this long, the
  // peer is not reading (its window is shut) or not sending what it promised: the connection is
  // ended. So it is when content moves, but slower than http::Pace allows. Streams on which the
  // server is waited for (an answer that is thought about, or one that brings events) don't count.
  Duration stall_timeout = 30s;

  // For a whole header block from its first byte, CONTINUATION frames and all.
  Duration head_timeout = 10s;

  // How long a client may leave our SETTINGS without an acknowledgement; until then its limits do
  // not bind it.
  Duration settings_timeout = 10s;

  // How long the second GOAWAY waits for the PING that shows that the first one was seen.
  Duration shutdown_notice_timeout = 1s;
};

// Input waits while a peer that does not read its answers has this many frames unsent.
inline constexpr std::size_t queued_frames_limit = 1000;

// How many paths are pushed on one connection: more is more than any page's first view needs.
inline constexpr std::size_t pushed_limit = 100;

class Session final : public http::Session {
 public:
  // `service` and `connection` outlive the session.
  Session(const http::Service& service, const ConnectionFacts& connection, const Options& options,
          Instant now);
  ~Session() override;  // logs what is cut short

  Status receive(Bytes plaintext, Instant now) override;
  bool wants_input() const override;
  void input_ended(Instant now) override;
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant now) override;
  void advance(Instant now) override;
  std::optional<Instant> next_event() const override;
  void excuse(Duration delay) override;
  void shut_down(Instant now) override;
  bool finished() const override;

 private:
  // The way to a graceful end (RFC 9113 section 6.8):
  //
  //   serving --shut_down()--> notified --PING acknowledged, or 1 s--> going_away
  //      '-------------------- idle_timeout ------------------------------^
  //
  // and from there, when the last stream has closed, finished(). A peer that breaks the rules or a
  // limit gets there at once: terminated.
  enum class Phase { serving, notified, going_away, terminated };

  using StreamId = muxlab::http2::StreamId;

  // What has to be remembered of a request: kept only while an upload is under way, an answer is
  // due later, or a log waits for the end.
  struct Exchange {
    http::Request request;
    Instant received;
    std::optional<http::Upload> upload = std::nullopt;
    std::uint64_t upload_bytes = 0;
    std::optional<http::Pace> pace = std::nullopt;  // of the upload
    std::optional<http::Response> thinking =
        std::nullopt;  // the answer, from `due` on, in its turn
    Instant due{};
    int status = 0;  // 0: not answered
  };

  void handle_events(Instant now);
  void note_progress(Instant now);
  void handle(muxlab::http2::HeadersReceived& received, Instant now);
  void handle(const muxlab::http2::ContentReceived& received, Instant now);
  void handle(const muxlab::http2::ContentEnded& ended, Instant now);
  void handle(const muxlab::http2::StreamClosed& closed, Instant now);
  void handle(const muxlab::http2::PingAcknowledged& acknowledged, Instant now);
  void handle(const muxlab::http2::PromiseReceived&, Instant) {}
  void handle(const muxlab::http2::GoawayReceived&, Instant) {}
  void handle(const muxlab::http2::OldPriorityReceived&, Instant) {}

  // A request on its way from its head to its answer.
  void begin(http::Request&& request, bool content_follows, Instant now);
  void end_upload(const muxlab::http2::HeadersReceived& trailers, Instant now);
  void end_upload(StreamId stream, const http::Headers& trailers, Instant now);
  void answer(Exchange&& exchange, http::Response&& response, Instant now);
  void respond(const http::Request& request, http::Response&& response);
  bool answer_what_is_due(Instant now);  // gives whether anything was
  bool has_its_turn(StreamId stream) const;
  bool reset_slow_uploads(Instant now);

  // What a lane adds to a page.
  void hint(const http::Request& page, const http::Companions& companions);
  void push(const http::Request& page, const http::Companions& companions, Instant now);

  std::optional<Instant> next_of_exchanges() const;
  void finish_shutdown();
  void terminate(muxlab::http2::ErrorCode code);
  void remember(Exchange&& exchange);
  void log(const Exchange& exchange, std::uint64_t sent_bytes, bool complete) const;

  const http::Service& service_;
  const ConnectionFacts& connection_;
  const Options options_;
  muxlab::http2::Endpoint endpoint_;
  std::string connection_timing_;  // the Server-Timing field that names the connection

  Phase phase_ = Phase::serving;
  bool input_ended_ = false;
  std::uint64_t requests_ = 0;
  std::unordered_map<StreamId, Exchange> exchanges_;
  // Under Scheduler::fifo, the requests that are not over: the connection is the first one's.
  std::set<StreamId> queue_;
  bool next_has_turn_ = false;    // and has something to say that the last produce() did not see
  std::set<std::string> pushed_;  // paths

  Forgiveness forgiveness_;
  Instant latest_;  // the last `now` heard of
  std::uint64_t seen_heads_ = 0;
  std::uint64_t seen_content_bytes_ = 0;
  Instant last_progress_;              // of any message: what idleness counts from
  bool has_more_to_say_ = false;       // than the connection took the last time
  std::size_t thinking_ = 0;           // of exchanges_, those with an answer that is due later
  std::optional<http::Pace> pace_;     // of the peer, while open streams wait for it
  std::uint64_t head_ = 0;             // the header block under way, by its number
  std::optional<Instant> head_since_;  // when the header block under way was first seen
  Instant settings_deadline_;
  Instant notice_deadline_{};
};

}  // namespace muxlab::server::http2
