// Makes exchanges out of the frames of one HTTP/2 connection: a stream's request, its answer, what
// was pushed, reset and prioritised. Takes what the two ends do as it comes, allowed or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "server/tap/exchanges.h"
#include "server/tap/http2_frame.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {

// Streams that are remembered. One that is over may still be reset or prioritised by a client that
// does not know; so the oldest of these go first. Servers allow some hundred at once.
inline constexpr std::size_t most_streams = 2048;

// PRIORITY_UPDATE for streams that are not open yet: RFC 9218 section 7.1 would have them
// remembered; a client that warns of more than it may open is none.
inline constexpr std::size_t most_early_priorities = 128;

// A header block with the frames that brought it.
struct Http2Section {
  Direction direction;
  std::uint32_t stream;
  std::uint32_t promised;  // PUSH_PROMISE only
  bool ends_stream;
  Exchanges::Fields fields;
  Exchanges::Span span;
};

class Http2Exchanges {
 public:
  // `writer` outlives this.
  explicit Http2Exchanges(TraceWriter& writer) : exchanges_(writer) {}

  // Would HEADERS of the client on this stream be a request, and no more of one?
  bool opens(std::uint32_t stream) const { return stream % 2 == 1 && stream > last_opened_; }
  // It was opened, and its answer is not over.
  bool is_open(std::uint32_t stream) const;
  std::uint32_t count() const { return exchanges_.count(); }

  void headers(const Http2Section& section);
  void promise(const Http2Section& section);
  // DATA. With its moments and content as they were, its details do not matter.
  void data(Direction direction, std::uint32_t stream, std::uint32_t content_bytes,
            bool ends_stream, const Moment& last);
  void reset(std::uint32_t stream, std::uint32_t code);
  void prioritize(std::uint32_t stream, const std::string& priority);

 private:
  struct Stream {
    Exchanges::Index exchange;
    bool answered = false;  // by a final answer's head
    bool over = false;
  };

  Stream* find(std::uint32_t stream);
  void open(std::uint32_t stream, const Http2Section& section);
  void answer(Stream& stream, const Http2Section& section);
  void end(std::uint32_t id, Stream& stream);
  void forget_oldest();

  Exchanges exchanges_;
  std::map<std::uint32_t, Stream> streams_;
  std::deque<std::uint32_t> over_;  // of streams_, in the order in which they ended
  std::map<std::uint32_t, std::string> early_priorities_;
  std::uint32_t last_opened_ = 0;    // by the client; ids only grow (RFC 9113 section 5.1.1)
  std::uint32_t last_promised_ = 0;  // by the server
};

}  // namespace muxlab::server::tap
