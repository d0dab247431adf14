// Asks a site without a connection: a request made here, an answer read to its end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/handler.h"

namespace muxlab::test {

struct Answer {
  int status = 0;
  http::Headers headers;
  std::optional<std::uint64_t> length;
  std::string body;
  Duration delay{};
  std::shared_ptr<const http::Companions> companions;

  std::string field(std::string_view name) const {
    return std::string{headers.find(name).value_or("")};
  }
};

// Reads through a small buffer, so that a body is asked many times.
inline std::string read_all(http::Body& body) {
  std::string content;
  std::array<std::uint8_t, 777> room;
  while (true) {
    const http::ReadOutcome outcome = body.read(room);
    content += text_of(Bytes{room}.first(outcome.bytes));
    if (outcome.kind == http::ReadOutcome::Kind::failed) return "(failed)";
    if (outcome.kind != http::ReadOutcome::Kind::some) return content;
  }
}

inline Answer read(http::Response response) {
  return {response.status,         response.headers,
          response.content_length, response.body ? read_all(*response.body) : "",
          response.delay,          response.companions};
}

inline http::Request make_request(std::string_view method, std::string_view target,
                                  http::Headers headers = {}) {
  http::Request request;
  request.method = method;
  request.target = target;
  request.headers = std::move(headers);
  return request;
}

inline Answer ask(http::Handler& handler, std::string_view method, std::string_view target,
                  http::Headers headers = {}) {
  http::Responder responder;
  handler.answer(make_request(method, target, std::move(headers)), responder);
  return read(responder.take());
}

}  // namespace muxlab::test
