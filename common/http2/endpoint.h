// One end of an HTTP/2 connection (RFC 9113) as an object in memory: bytes in, events out, bytes
// out. The only home of nghttp2: framing, HPACK, flow control and the order of DATA (RFC 9218) are
// its work. Knows neither sockets nor time, nor what a request means. A server end and a client end
// are the same class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/byte_queue.h"
#include "common/base/result.h"
#include "common/http/priority.h"
#include "common/http/response.h"
#include "common/http/unwanted_content.h"
#include "common/http2/events.h"
#include "common/http2/field_section.h"
#include "common/http2/frame_watch.h"

struct nghttp2_session;

namespace muxlab::http2 {

struct EndpointOptions {
  // SETTINGS that we send (RFC 9113 section 6.5.2).
  std::uint32_t max_concurrent_streams = 100;  // the value that section recommends as the least
  std::uint32_t stream_window_bytes = 65535;
  std::uint32_t header_table_bytes =
      4096;                  // HPACK: what the peer's encoder may fill; ours keeps to it too
  bool enable_push = false;  // a client's: PUSH_PROMISE is welcome
  // The connection's receive window, raised by WINDOW_UPDATE at the start: all that an upload can
  // make a server hold.
  std::uint32_t connection_window_bytes = 256 * 1024;

  // The bounds on one field section, counted as common/http/limits.h says. The first is announced
  // as SETTINGS_MAX_HEADER_LIST_SIZE, which counts 32 bytes more for each field: nobody who keeps
  // to that is refused. What is above a limit is not kept, and a server says so in the event; above
  // the limit four times over the stream is reset: a small block can name a large table entry a
  // thousand times.
  std::uint32_t header_list_bytes = http::max_head_bytes;
  std::uint32_t header_fields = http::max_fields;

  // How much of a request's content is read past when nobody wants it. Once the answer is out,
  // RFC 9113 section 8.1 lets a server reset at once; but curl 7.88 then reports a failed transfer,
  // and Java's HttpClient looks at an answer only when it has sent all.
  std::uint64_t unwanted_content_bytes = http::most_unwanted_bytes;
};

class Endpoint {
 public:
  Endpoint(Role role, const EndpointOptions& options);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // Takes wire bytes, cut anywhere. A failure ends the connection; produce() may still have a
  // GOAWAY. A peer that breaks a rule or overdraws its allowance is told so by GOAWAY, and not
  // listened to any more.
  Status receive(Bytes bytes);

  // Appends frames until there are none or `limit` bytes are reached; no frame is cut. Gives the
  // bytes appended. Which stream's DATA comes next is decided here, frame by frame. Bodies that
  // were waiting are asked again.
  std::size_t produce(ByteQueue& out, std::size_t limit);

  // What happened since the last call. Empties the list.
  std::vector<Event> take_events();

  // Opens a stream. Needs the client role, and fields with the pseudo-header fields first. Gives
  // the stream, or why there is none (the peer said GOAWAY, the ids are used up).
  Result<StreamId> request(const http::Headers& fields, std::unique_ptr<http::Body> body,
                           http::Headers trailers = {});

  // How many streams of ours the peer lets be open at once (RFC 9113 section 5.1.2). Until it has
  // said so: 100.
  std::uint32_t peer_max_concurrent_streams() const;

  // An interim answer (1xx), before the answer itself.
  void inform(StreamId stream, int status, const http::Headers& fields);

  // Answers a stream. A stream that is gone meanwhile is no error. Without a body no DATA is sent:
  // HEADERS ends the stream, or the trailers do, and no window is needed for that.
  void respond(StreamId stream, int status, const http::Headers& fields,
               std::unique_ptr<http::Body> body, http::Headers trailers = {});

  // The client takes PUSH_PROMISE, and lets what is promised be sent.
  bool may_push() const;

  // Promises the answer to `fields`, a request of our making, because of `parent`. Needs the server
  // role and may_push(). Gives the stream to answer on, or why there is none.
  Result<StreamId> promise(StreamId parent, const http::Headers& fields);

  // Decides a stream's place in the order of DATA, whatever the client wishes now or later.
  void prioritize(StreamId stream, http::Priority priority);

  // Content received has been used: the peer may send as much again. A server must say so, a
  // client's endpoint does it by itself.
  void consume(StreamId stream, std::size_t bytes);

  // Content received is not wanted. The peer may send on up to unwanted_content_bytes; then the
  // stream gets no more than its window, and is reset (NO_ERROR) once it has been answered.
  void discard(StreamId stream, std::size_t bytes);

  bool is_open(StreamId stream) const { return streams_.contains(stream); }

  void reset(StreamId stream, ErrorCode code);

  void ping();

  // The two steps of a graceful end (RFC 9113 section 6.8). First GOAWAY with 2^31-1, "open no
  // more", and a PING behind it, so that PingAcknowledged tells when the peer has seen it. Then
  // GOAWAY with the last stream that was taken: streams up to it are finished.
  void announce_shutdown();
  void go_away();

  // The hard end: GOAWAY with `code`, and every open stream is cut.
  void terminate(ErrorCode code);

  // produce() would give something now: a frame waits, or DATA that the peer's windows let through.
  bool has_output() const;

  // Neither side has anything left to say or to wait for.
  bool finished() const;

  // Frames that wait to be produced, DATA aside: what a peer that does not read piles up.
  std::size_t queued_frames() const;

  std::size_t open_streams() const { return streams_.size(); }
  // Of these, the ones whose answer is under way and waits for more of its content: for us, and
  // not for the peer. As of the last produce().
  std::size_t waiting_streams() const { return waiting_.size(); }
  bool settings_acknowledged() const { return settings_acknowledged_; }

  // What time forgives the peer (allowance.h): the owner counts it.
  void forgive(std::int64_t credit) { watch_.allowance().earn(credit); }

  // The peer has begun a header block and not ended it: which one, counted from 1; 0 when none is
  // open.
  std::uint64_t open_header_block() const { return watch_.open_header_block(); }

  // HEADERS frames sent and received so far, and bytes of content: they grow only when some message
  // makes progress.
  std::uint64_t heads() const { return heads_; }
  std::uint64_t content_bytes() const { return content_bytes_; }

 private:
  struct Callbacks;  // what nghttp2 calls; in endpoint_callbacks.h
  friend struct Callbacks;

  struct Stream {
    std::unique_ptr<http::Body> body;  // the content being sent
    http::Headers trailers;            // to be sent behind it
    std::uint64_t sent_bytes = 0;      // of that content
    std::uint64_t unwanted_bytes = 0;  // of the peer's content
    bool sent_headers = false;
    bool sent_whole = false;
    bool peer_ended = false;
  };

  struct Free {
    void operator()(nghttp2_session* session) const;
  };

  Stream* find(StreamId stream);
  void ask_the_waiting_again();
  void submit_trailers(StreamId id, const http::Headers& trailers);
  void refuse_the_rest(StreamId id, const Stream& stream);
  void take_back_promises();
  void append_frames(ByteQueue& out);
  bool hold_to_rules();  // whether it has ended the connection just now

  Role role_;
  EndpointOptions options_;
  std::unordered_map<StreamId, Stream> streams_;
  FieldSection section_;  // the one being received
  std::vector<Event> events_;
  std::unique_ptr<nghttp2_session, Free> session_;

  // What produce() is filling; set only inside it.
  ByteQueue* out_ = nullptr;
  std::size_t out_end_ = 0;     // the size of `out_` at which to pause
  MutableBytes frame_room_;     // where in `out_` the DATA frame being packed will stand
  bool frame_cramped_ = false;  // the peer's window made that frame a sliver

  std::vector<StreamId> waiting_;  // bodies that had nothing to give when they were asked

  bool failed_ = false;
  bool flow_control_broken_ = false;   // by the peer, for all streams
  std::set<StreamId> raised_too_far_;  // windows, by the peer; their streams are being reset
  bool ended_by_rules_ = false;        // told GOAWAY by hold_to_rules()
  bool settings_acknowledged_ = false;
  std::uint64_t heads_ = 0;
  std::uint64_t content_bytes_ = 0;
  FrameWatch watch_;
  std::size_t promised_streams_ = 0;  // of streams_, those that we opened
};

// The linked library's version, "1.52.0".
std::string nghttp2_library_version();

}  // namespace muxlab::http2
