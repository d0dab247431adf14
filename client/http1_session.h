// The client end of HTTP/1.1 on one connection: takes a fetch from the board, asks, reads the
// answer to its end, takes the next. Content is counted and not kept. Owns the exchange under way;
// knows no socket and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/fetch_board.h"
#include "client/session_options.h"
#include "common/base/connection_facts.h"
#include "common/http/session.h"
#include "common/http1/chunk_decoder.h"
#include "common/http1/response_head_parser.h"

namespace muxlab::client {

// How many interim answers (1xx) may stand before an answer: 100 and a few 103 make sense.
inline constexpr int max_interim_answers = 16;

class Http1Session final : public http::Session {
 public:
  // `board` outlives the session; `facts.id` is the connection's on it.
  Http1Session(FetchBoard& board, const ConnectionFacts& facts, const SessionOptions& options);

  // A failure says what was wrong with the answer; its fetch has failed with the same words.
  Status receive(Bytes plaintext, Instant now) override;
  bool wants_input() const override { return !finished(); }
  void input_ended(Instant now) override;
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant now) override;
  void advance(Instant now) override;
  std::optional<Instant> next_event() const override;
  void shut_down(Instant now) override;
  bool finished() const override { return state_ == State::over; }

 private:
  //       a fetch taken                 head                     its end
  // idle --------------> awaiting_head ------> reading_content ----------> idle, if it persists
  //  |                     |   ^ | 1xx             |                |
  //  |                     |   '-'                 |                '----> over
  //  '--- drain ---------->'--- input's end, silence, a faulty answer ---> over
  enum class State { idle, awaiting_head, reading_content, over };

  bool owed() const;
  void write_request(ByteQueue& out, const Fetch& fetch) const;
  Result<std::size_t> read(Bytes input, Instant now);
  Result<std::size_t> read_head(Bytes input, Instant now);
  Status take_head(const http1::ResponseHead& head, Instant now);
  Result<std::size_t> read_content(Bytes input, Instant now);
  Result<std::size_t> read_chunks(Bytes input, Instant now);
  void end_answer(Instant now);
  std::string_view why_it_ends_here() const;  // where the input does
  void break_off(std::string_view why, Instant now);
  void end(std::string_view why, Instant now);

  FetchBoard& board_;
  const ConnectionId connection_;
  const SessionOptions options_;

  State state_ = State::idle;
  bool last_ = false;  // the exchange under way, or the next to come, is the last
  FetchId fetch_ = 0;  // while awaiting_head or reading_content
  Instant heard_;      // when it was sent, or the latest bytes of its answer came

  http1::ResponseHeadParser head_parser_;
  std::string head_;                   // of an answer, as far as it has arrived
  std::optional<Instant> head_began_;  // its first byte
  int interim_answers_ = 0;

  http1::ResponseFraming framing_;
  std::uint64_t content_left_ = 0;  // with a length
  http1::ChunkDecoder chunks_;
};

}  // namespace muxlab::client
