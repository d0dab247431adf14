// Both directions of one HTTP/1.1 connection: heads, content and chunks go into the trace as
// frames (http1_message_reader.h), and each answer finds its request, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/bytes.h"
#include "common/base/direction.h"
#include "common/base/result.h"
#include "server/tap/exchanges.h"
#include "server/tap/http1_message_reader.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {

// Requests that wait for their answers. Who pipelines sends some ten; a server takes no more input
// long before this.
inline constexpr std::size_t most_unanswered = 4096;

class Http1Conversation {
 public:
  // `writer` outlives this.
  explicit Http1Conversation(TraceWriter& writer) : writer_(writer), exchanges_(writer) {}

  // After a failure nothing more may be taken.
  Status take(Direction direction, Bytes plaintext, const Moment& moment);

  // Where a chapter would begin now.
  trace::Beginning beginning() const;

  // No more will come. `regularly`: the server has ended the connection, and nothing went wrong:
  // content that goes on until then is whole.
  void end(bool regularly);

 private:
  struct Asked {
    Exchanges::Index exchange;
    std::uint32_t number = 0;  // among the connection's, from 1; 0: none
    bool head = false;         // by HEAD
    bool connect = false;      // by CONNECT
  };

  Status take_request_part(Http1Part part);
  Status take_answer_part(Http1Part part);
  Asked asked() const { return unanswered_.empty() ? Asked{} : unanswered_.front(); }

  TraceWriter& writer_;
  Exchanges exchanges_;
  Http1MessageReader requests_{Direction::up};
  Http1MessageReader answers_{Direction::down};
  Asked sending_;                 // the request that is being sent
  std::deque<Asked> unanswered_;  // in their order
  std::optional<std::size_t> last_answer_frame_;
  Moment last_answer_moment_;
};

}  // namespace muxlab::server::tap
