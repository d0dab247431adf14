// The border between a protocol and what is served: a session turns bytes into requests, a handler
// answers them.
#pragma once

#include <optional>
#include <utility>

#include "common/http/request.h"
#include "common/http/response.h"

namespace muxlab::http {

// Where an answer goes. The session that asks reads it back once answer() has returned.
class Responder {
 public:
  void respond(Response response) { response_ = std::move(response); }

  // What was answered; 500 when the handler forgot. Taken once.
  Response take();

 private:
  std::optional<Response> response_;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers before it returns. The request lives only as long as the call.
  virtual void answer(const Request& request, Responder& responder) = 0;
};

}  // namespace muxlab::http
