// A handler with an answer of every kind that an HTTP/1.1 session must know how to send, chosen by
// path.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/http/handler.h"

namespace muxlab::test {

// Gives one piece a read, and between them waits whenever it is held.
class PieceBody final : public http::Body {
 public:
  PieceBody(std::vector<std::string> pieces, http::ReadOutcome::Kind ends, const bool& held)
      : pieces_(std::move(pieces)), ends_(ends), held_(held) {}

  http::ReadOutcome read(MutableBytes room) override {
    if (held_) return {http::ReadOutcome::Kind::waiting};
    if (next_ == pieces_.size()) return {ends_};
    const std::string& piece = pieces_[next_++];
    const Bytes bytes = bytes_of(piece);
    std::copy(bytes.begin(), bytes.end(), room.begin());
    return {http::ReadOutcome::Kind::some, piece.size()};
  }

 private:
  std::vector<std::string> pieces_;
  http::ReadOutcome::Kind ends_;
  const bool& held_;
  std::size_t next_ = 0;
};

class Http1Handler final : public http::Handler {
 public:
  bool held = false;  // bodies in pieces wait
  std::vector<std::string> asked;
  std::string received;  // of uploads

  void answer(const http::Request& request, http::Responder& responder) override {
    asked.push_back(request.method + ' ' + request.authority + ' ' + request.target);
    if (request.path() == "/nobody") return;
    if (request.path() == "/upload") return responder.accept(upload(100'000));
    if (request.path() == "/small-upload") return responder.accept(upload(10));
    responder.respond(response_to(request.path()));
  }

 private:
  using Kind = http::ReadOutcome::Kind;

  http::Response response_to(std::string_view path) const {
    if (path == "/hello" || path == "*") return http::text_response(200, "text/plain", "hello");
    if (path == "/long") return http::text_response(200, "text/plain", std::string(100'000, 'x'));
    if (path == "/pieces") return pieces({"one", "two", "three"}, std::nullopt, Kind::end);
    if (path == "/summed") return summed();
    if (path == "/slow") return slow();
    if (path == "/page") return page();
    if (path == "/no-content") return without_content(204);
    if (path == "/unchanged") return without_content(304);
    if (path == "/failing") return pieces({"one"}, std::nullopt, Kind::failed);
    if (path == "/too-short") return pieces({"one"}, 100, Kind::end);
    return http::text_response(404, "text/plain", "nothing here");
  }

  // Takes content and answers with it, and with the trailers.
  http::Upload upload(std::uint64_t most_bytes) {
    received.clear();
    return {.most_bytes = most_bytes,
            .content = [this](Bytes content) { received += text_of(content); },
            .ended = [this](const http::Headers& trailers) { return echo(trailers); }};
  }

  http::Response echo(const http::Headers& trailers) const {
    std::string text = std::to_string(received.size()) + ':' + received.substr(0, 20);
    for (const auto [name, value] : trailers) {
      text.append(" ").append(name).append("=").append(value);
    }
    return http::text_response(201, "text/plain", std::move(text));
  }

  http::Response summed() const {
    http::Response response = pieces({"one", "two"}, std::nullopt, Kind::end);
    response.trailers = {{"sum", "6"}, {"server-timing", "pieces;dur=2"}};
    return response;
  }

  static http::Response slow() {
    http::Response response = http::text_response(200, "text/plain", "slow");
    response.delay = 2s;
    return response;
  }

  static http::Response page() {
    http::Response response = http::text_response(200, "text/html", "page");
    response.delay = 1s;
    response.companions = std::make_shared<const http::Companions>(http::Companions{
        .push = {}, .early_hints = {"</a.css>; rel=preload; as=style", "</b.js>; rel=preload"}});
    return response;
  }

  static http::Response without_content(int status) {
    http::Response response;
    response.status = status;
    return response;
  }

  http::Response pieces(std::vector<std::string> texts, std::optional<std::uint64_t> length,
                        Kind ends) const {
    http::Response response;
    response.content_length = length;
    response.body = std::make_unique<PieceBody>(std::move(texts), ends, held);
    return response;
  }
};

}  // namespace muxlab::test
