// The exchanges of one connection, in the terms that both protocols share: whoever decodes a
// protocol says here what a request, an answer and their content came to. An exchange that memory
// has no room for is told of like the others, and forgotten once it is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/trace/connection_trace.h"
#include "server/tap/moment.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {

// "u=1, i" with whatever is invented in time; one that is longer is cut.
inline constexpr std::size_t most_priority_bytes = 256;

class Exchanges {
 public:
  // Which one; none: no request is known that it could belong to.
  using Index = std::optional<std::size_t>;

  struct Request {
    std::uint32_t stream = 0;  // 0: as nth
    std::string method;
    std::string path;
    bool pushed = false;
    std::uint32_t promised_on = 0;  // pushed: the stream of its promise
  };
  // Fields and how much they took: all of a head or of the frames of a header block.
  struct Fields {
    const trace::HeaderBlock& block;
    std::uint64_t bytes;
  };
  // From the first byte of a head to its last.
  struct Span {
    Moment first;
    Moment last;
  };

  // `writer` outlives this.
  explicit Exchanges(TraceWriter& writer) : writer_(writer) {}

  // A request was received; or, pushed, promised.
  Index begin(Request request, const Fields& fields, const Span& span);
  void add_request_fields(Index index, const Fields& fields);
  void add_request_content(Index index, std::uint64_t bytes);

  // Interim answers and trailers.
  void add_answer_fields(Index index, const Fields& fields);
  // The final answer's head.
  void answer(Index index, int status, const Fields& fields, const Moment& first);
  void add_content(Index index, std::uint64_t bytes);
  // The answer's last byte has been written.
  void complete(Index index, const Moment& last);

  void reset(Index index, std::uint32_t code);
  void prioritize(Index index, std::string_view priority);

  // How many have begun.
  std::uint32_t count() const { return count_; }

 private:
  trace::Exchange* find(Index index);

  TraceWriter& writer_;
  std::uint32_t count_ = 0;
};

// The value of the first field of that name, whatever its case; none: there is no such field.
std::optional<std::string_view> value_of(const trace::HeaderBlock& block, std::string_view name);

}  // namespace muxlab::server::tap
