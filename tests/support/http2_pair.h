// A server session and a client endpoint joined in memory. Bytes move when a test says so, and the
// test sees every frame that passes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/http2/endpoint.h"
#include "server/http2/session.h"
#include "tests/support/http2_frames.h"

namespace muxlab::test {

// Answers every request with the content that the test has put under its path.
class Shelf final : public http::Handler {
 public:
  void put(const std::string& path, std::string content) { contents_[path] = std::move(content); }

  // Leaves a path to `answer_it`.
  void on(const std::string& path,
          std::function<void(const http::Request&, http::Responder&)> answer_it) {
    answerers_[path] = std::move(answer_it);
  }

  void answer(const http::Request& request, http::Responder& responder) override {
    requests.push_back(request.method + " " + request.target);
    const auto answerer = answerers_.find(std::string{request.path()});
    if (answerer != answerers_.end()) return answerer->second(request, responder);
    const auto found = contents_.find(std::string{request.path()});
    if (found == contents_.end()) {
      return responder.respond(http::text_response(404, "text/plain", "not here\n"));
    }
    responder.respond(http::text_response(200, "text/plain", found->second));
  }

  std::vector<std::string> requests;

 private:
  std::map<std::string, std::string> contents_;
  std::map<std::string, std::function<void(const http::Request&, http::Responder&)>> answerers_;
};

// Content that comes bit by bit: what a test puts into `source`, without an end.
class Trickle final : public http::Body {
 public:
  explicit Trickle(std::string& source) : source_(source) {}
  http::ReadOutcome read(MutableBytes room) override {
    if (source_.empty()) return {http::ReadOutcome::Kind::waiting};
    const std::size_t count = std::min(room.size(), source_.size());
    std::copy_n(source_.begin(), count, room.begin());
    source_.erase(0, count);
    return {http::ReadOutcome::Kind::some, count};
  }

 private:
  std::string& source_;
};

struct Answer {
  std::vector<http::Headers> interim;  // 1xx
  std::string status;
  http::Headers fields;
  std::string content;
  http::Headers trailers;
  bool whole = false;
  std::optional<http2::ErrorCode> closed;
};

class Http2Pair {
 public:
  explicit Http2Pair(server::http2::Options options = {},
                     http2::EndpointOptions client_options = {})
      : date_(std::chrono::sys_seconds{}),
        service_{shelf, date_, &log_},
        server(service_, facts_, options, now),
        client(http2::Role::client, client_options) {}

  http2::StreamId get(const std::string& path, http::Headers extra = {}) {
    return request("GET", path, std::move(extra));
  }

  http2::StreamId request(const std::string& method, const std::string& path,
                          const http::Headers& extra = {},
                          std::unique_ptr<http::Body> body = nullptr) {
    http::Headers fields{
        {":method", method}, {":scheme", "https"}, {":authority", "localhost"}, {":path", path}};
    for (const auto [name, value] : extra) fields.add(name, value);
    return client.request(fields, std::move(body)).value();
  }

  // The client's bytes reach the server. Gives them.
  std::string client_speaks() {
    ByteQueue out;
    client.produce(out, unlimited);
    std::string bytes = drain_to_text(out);
    to_server(bytes);
    return bytes;
  }

  void to_server(std::string_view bytes) {
    if (!bytes.empty()) server_status = server.receive(bytes_of(bytes), now);
  }

  // What the server says, up to about `limit` bytes, reaches the client. Gives the frames.
  std::vector<Frame> server_speaks(std::size_t limit = unlimited) {
    ByteQueue out;
    server.produce(out, limit, now);
    const std::string bytes = drain_to_text(out);
    if (!bytes.empty()) client_status = client.receive(bytes_of(bytes));
    note_events();
    std::vector<Frame> frames = frames_in(bytes);
    for (const Frame& frame : frames) {
      if (frame.type == Frame::goaway) note_goaway(frame);
    }
    return frames;
  }

  // Both speak until neither has anything to say. Gives all the server's frames.
  std::vector<Frame> run() {
    std::vector<Frame> all;
    while (true) {
      const bool asked = !client_speaks().empty();
      const std::vector<Frame> said = server_speaks();
      if (!asked && said.empty()) return all;
      all.insert(all.end(), said.begin(), said.end());
    }
  }

  void pass(Duration duration) {
    now += duration;
    server.advance(now);
  }

  const std::vector<std::string>& logged() const { return logged_; }

  Instant now{};
  Shelf shelf;
  std::map<http2::StreamId, Answer> answers;
  std::map<http2::StreamId, http::Headers> promises;  // by the stream promised
  std::vector<http2::GoawayReceived>
      goaways;  // as the server sent them; a client may stop reading at the first

 private:
  static constexpr std::size_t unlimited = 1 << 30;

  void note_goaway(const Frame& frame) {
    goaways.push_back({frame.number_at(0), static_cast<http2::ErrorCode>(frame.number_at(4))});
  }

  void note_events() {
    for (http2::Event& event : client.take_events()) {
      std::visit([this](auto& happened) { note(happened); }, event);
    }
  }

  void note(http2::HeadersReceived& received) {
    Answer& answer = answers[received.stream];
    answer.whole = received.end_stream;
    const auto status = received.fields.find(":status");
    if (!status) {
      answer.trailers = std::move(received.fields);
      return;
    }
    if (status->starts_with('1')) {
      answer.interim.push_back(std::move(received.fields));
      return;
    }
    answer.status = *status;
    answer.fields = std::move(received.fields);
  }
  void note(http2::PromiseReceived& received) {
    promises[received.promised] = std::move(received.fields);
  }
  void note(http2::ContentReceived& received) {
    answers[received.stream].content.append(text_of(received.content));
  }
  void note(http2::ContentEnded& ended) { answers[ended.stream].whole = true; }
  void note(http2::StreamClosed& closed) { answers[closed.stream].closed = closed.code; }
  void note(http2::GoawayReceived&) {}
  void note(http2::PingAcknowledged&) {}
  void note(http2::OldPriorityReceived&) {}

  http::DateStamp date_;
  ConnectionFacts facts_{.id = 17, .client_address = "127.0.0.1", .tls = std::nullopt};
  std::vector<std::string> logged_;
  http::ExchangeLog log_ = [this](const http::FinishedExchange& exchange) {
    logged_.push_back(std::string{exchange.method} + " " + std::string{exchange.target} + " " +
                      std::to_string(exchange.status) + " " + std::to_string(exchange.body_bytes) +
                      (exchange.complete ? "" : " cut"));
  };
  http::Service service_;

 public:
  server::http2::Session server;
  http2::Endpoint client;
  Status server_status = Done{};
  Status client_status = Done{};
};

}  // namespace muxlab::test
