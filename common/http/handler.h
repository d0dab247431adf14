// The border between a protocol and what is served: a session turns bytes into requests, a handler
// answers them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "common/http/request.h"
#include "common/http/response.h"

namespace muxlab::http {

// How a handler takes a request's content: piece by piece as it arrives, then it answers.
struct Upload {
  std::uint64_t most_bytes = 0;        // above that the request is refused: 413
  std::function<void(Bytes)> content;  // the bytes hold during the call
  // Called once, when all has arrived; not at all when the request is cut short.
  std::function<Response(const Headers& trailers)> ended;
};

// Where an answer goes. The session that asks reads it back once answer() has returned.
class Responder {
 public:
  void respond(Response response) { response_ = std::move(response); }

  // Instead of respond(), at once: the content is wanted, the answer comes behind it.
  void accept(Upload upload) { upload_ = std::move(upload); }

  // What was answered so far, for whoever adds to it; null: nothing yet.
  Response* answered() { return response_ ? &*response_ : nullptr; }

  // What was accepted, if anything. Taken once.
  std::optional<Upload> take_upload() { return std::exchange(upload_, std::nullopt); }

  // What was answered; 500 when the handler forgot. Taken once.
  Response take();

 private:
  std::optional<Response> response_;
  std::optional<Upload> upload_;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers, or accepts the content, before it returns. The request lives only as long as the call.
  virtual void answer(const Request& request, Responder& responder) = 0;
};

}  // namespace muxlab::http
