// HTTP/1.1 on one connection: requests one after another, each answered before the next is looked
// at (RFC 9112 section 9.3). Owns the input that waits, the exchange under way and its timeouts.
// Knows no socket and no clock; the write side's stalls are the connection's to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "common/base/byte_queue.h"
#include "common/base/connection_facts.h"
#include "common/base/time.h"
#include "common/http/pace.h"
#include "common/http/service.h"
#include "common/http/session.h"
#include "common/http1/request_head.h"
#include "server/http1/answer.h"
#include "server/http1/input_buffer.h"
#include "server/http1/options.h"
#include "server/http1/request_body.h"

namespace muxlab::server::http1 {

class Session final : public http::Session {
 public:
  // `service` and `facts` outlive the session; its end logs an exchange that was under way.
  Session(const http::Service& service, const ConnectionFacts& facts, const Options& options,
          Instant now);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Never fails: whatever was wrong is said in an answer. At most one unfinished head and one
  // call's input are kept.
  Status receive(Bytes plaintext, Instant now) override;
  bool wants_input() const override;
  bool drops_input() const override { return past_last_request(); }
  void input_ended(Instant now) override;
  std::size_t produce(ByteQueue& out, std::size_t limit, Instant now) override;
  void advance(Instant now) override;
  std::optional<Instant> next_event() const override;
  void excuse(Duration delay) override;
  void shut_down(Instant now) override;
  bool finished() const override { return state_ == State::over; }

 private:
  //      first byte              head                 body's end
  // idle ----------> reading_head ----> reading_body ------------> thinking --> answering
  //  ^ |                  |                                        ^  (delay)    |  |
  //  | |                  '--- refused, or no body to be read -----'             |  |
  //  | '-- idle timeout, drain --> over <----- it was the last, or cut ----------'  |
  //  '------------------------------- last byte produced ---------------------------'
  //
  // The handler is asked as soon as the head is there. What it answers at once waits in
  // reading_body until an unwanted body has been dropped; an accepted one is handed to it first.
  // An answer without a delay passes thinking by. A timeout while reading a head or a body is
  // refused (408). The input's end leads to over, from thinking and answering when what was
  // complete has been answered.
  enum class State { idle, reading_head, reading_body, thinking, answering, over };

  // One request and its response.
  struct Exchange {
    explicit Exchange(Instant now) : began(now), due(now) {}

    http::Request request;
    int minor_version = 1;
    Instant began;  // the request's last header byte

    RequestBody body;
    std::optional<http::Upload> upload;  // accepted: the answer comes behind the content
    std::optional<http::Pace> pace;      // while reading_body
    bool owes_continue = false;          // 100, not yet produced

    std::optional<Answer> answer;
    Instant due;           // when the answer may begin
    bool refused = false;  // the answer is the session's own, not the handler's
    bool head_produced = false;
  };

  void enter(State state, Instant now);
  bool reading() const;
  bool past_last_request() const;

  std::size_t read(Bytes input, Instant now);
  std::size_t read_head(Bytes input, Instant now);
  std::size_t read_body(Bytes input, Instant now);
  void read_kept_input(Instant now);

  void begin_exchange(muxlab::http1::RequestHead&& head, Instant now);
  void take_request(muxlab::http1::RequestHead& head);
  void ask_handler(const muxlab::http1::BodyFraming& body, bool expects_continue, Instant now);
  void begin_upload(const muxlab::http1::BodyFraming& body, bool expects_continue, Instant now);
  void begin_dropping(const muxlab::http1::BodyFraming& body, bool expects_continue, Instant now);
  void begin_body(Instant now);
  void end_body(Instant now);
  void refuse(const muxlab::http1::Refusal& refusal, Instant now);
  void prepare_answer(http::Response&& response, Instant now);
  void begin_answer(Instant now);
  void end_exchange(bool complete, Instant now);
  void log_exchange(bool complete, Instant now) const;
  void close(Instant now);

  void write_interim(ByteQueue& out);
  void write_head(ByteQueue& out) const;
  void write_connection_fields(muxlab::http1::ResponseHeadWriter& head) const;

  const http::Service& service_;
  const ConnectionFacts& facts_;
  const Options options_;

  State state_ = State::idle;
  Instant since_;          // what the state's timeout counts from: when it was entered, or later
  Instant latest_;         // the last `now` heard of
  std::uint64_t nth_ = 0;  // requests begun
  bool last_ = false;      // the exchange under way, or the next to come, is the last
  bool input_ended_ = false;
  std::uint64_t dropped_bytes_ = 0;  // behind the last request

  InputBuffer input_;
  std::optional<muxlab::http1::RequestHeadParser> head_parser_;  // while reading_head
  std::optional<Exchange> exchange_;
};

}  // namespace muxlab::server::http1
