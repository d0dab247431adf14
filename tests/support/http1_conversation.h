// A client's side of one HTTP/1.1 session, without a socket and with its own clock: say, hear,
// wait.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/http/service.h"
#include "server/http1/session.h"
#include "tests/support/http1_handler.h"

namespace muxlab::test {

class Http1Conversation {
 public:
  explicit Http1Conversation(const server::http1::Options& options = {})
      : session_(service_, facts_, options, now_) {}

  // Sends `text`; what the session doesn't want yet is sent as soon as it has answered.
  Http1Conversation& say(std::string_view text) {
    while (!session_.wants_input() && pull()) {
    }
    if (!session_.wants_input()) return *this;
    EXPECT_TRUE(session_.receive(bytes_of(text), now_).ok());
    return *this;
  }

  // All that was answered since the last time.
  std::string hear() {
    while (pull()) {
    }
    return std::exchange(heard_, {});
  }

  std::string say_and_hear(std::string_view text) { return say(text).hear(); }

  void wait(Duration duration) {
    now_ += duration;
    session_.advance(now_);
  }

  void end_input() { session_.input_ended(now_); }
  void shut_down() { session_.shut_down(now_); }
  bool finished() const { return session_.finished(); }

  server::http1::Session& session() { return session_; }
  Http1Handler& handler() { return handler_; }
  Instant now() const { return now_; }

  // "GET /hello 200, 5 bytes" a line, with ", cut" where it was.
  const std::vector<std::string>& log() const { return log_; }

 private:
  // The queue is emptied each time, as a connection does: true while something came.
  bool pull() {
    ByteQueue out;
    session_.produce(out, 16384, now_);
    const bool some = !out.empty();
    while (!out.empty()) {
      heard_ += text_of(out.front());
      out.consume(out.front().size());
    }
    return some;
  }

  void note(const http::FinishedExchange& exchange) {
    log_.push_back(std::string{exchange.method} + ' ' + std::string{exchange.target} + ' ' +
                   std::to_string(exchange.status) + ", " + std::to_string(exchange.body_bytes) +
                   " bytes" + (exchange.complete ? "" : ", cut"));
  }

  Instant now_{};
  ConnectionFacts facts_{
      .id = 17, .client_address = "192.0.2.1", .client_port = 4711, .local_port = 8080, .tls = {}};
  http::DateStamp date_{std::chrono::sys_seconds{std::chrono::seconds{784111777}}};
  Http1Handler handler_;
  std::vector<std::string> log_;
  std::string heard_;
  http::ExchangeLog note_ = [this](const http::FinishedExchange& exchange) { note(exchange); };
  http::Service service_{handler_, date_, &note_};
  server::http1::Session session_;
};

}  // namespace muxlab::test
