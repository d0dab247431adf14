// A response and its content. The content is pulled: a session asks for bytes when it can send
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/time.h"
#include "common/http/headers.h"

namespace muxlab::http {

struct ReadOutcome {
  enum class Kind {
    some,     // `bytes` bytes were written, more may follow
    end,      // `bytes` bytes were written (0 is allowed), nothing follows
    waiting,  // nothing now; the body's owner will wake the connection
    failed,   // the promised content can't be had: the stream (HTTP/1: the connection) is cut
  };
  Kind kind;
  std::size_t bytes = 0;
};

class Body {
 public:
  virtual ~Body() = default;
  // Writes the next bytes of the content into `room`, which is not empty.
  virtual ReadOutcome read(MutableBytes room) = 0;
};

// Content that is all there and shared, unchanging, among answers.
class SharedBody final : public Body {
 public:
  explicit SharedBody(std::shared_ptr<const std::string> content) : content_(std::move(content)) {}
  ReadOutcome read(MutableBytes room) override;

 private:
  std::shared_ptr<const std::string> content_;
  std::size_t position_ = 0;
};

// What belongs to a page, from the site's `site.json`.
struct Companions {
  std::vector<std::string> push;         // paths of the same origin, to be pushed with the page
  std::vector<std::string> early_hints;  // Link values for a 103 (RFC 8297)
};

// The session adds what belongs to the connection (Date, Connection, Keep-Alive, Server-Timing,
// Content-Length from content_length, Transfer-Encoding); the handler adds what belongs to the
// resource (Content-Type, Cache-Control, Allow ...). To HEAD the handler answers as to GET: the
// session sends the headers alone.
struct Response {
  int status = 200;
  Headers headers;
  std::optional<std::uint64_t> content_length = 0;  // none: not known before the end
  std::unique_ptr<Body> body;                       // null: no content
  Headers trailers;  // behind the content; on HTTP/1.1 only where the length isn't said

  // The handler's thinking time: the answer begins this long after the request (103 at once).
  Duration delay{};

  // What else the client will need; a lane says whether it is used. Null: nothing.
  std::shared_ptr<const Companions> companions;
};

// A response whose content is a text known now.
Response text_response(int status, std::string_view content_type, std::string content);

// False for the answers that end with their headers (RFC 9110 section 6.4.1): 1xx, 204, 304.
bool may_have_content(int status);

// "Not Found" for 404 (RFC 9110 section 15); "Unknown" for a code without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace muxlab::http
