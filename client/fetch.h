// One thing that a page load asks for, and what became of it. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/time.h"

namespace muxlab::client {

using FetchId = std::size_t;       // its place on the board, from 0
using ConnectionId = std::size_t;  // of one page load's connections, from 0

struct Fetch {
  //               its page has arrived           taken               answered whole
  // undiscovered --------------------> waiting -----------> under_way --------------> done
  //       |                               |  ^ not processed   |  |
  //       |                               |  '-----------------'  |
  //       '-------------------------------'---> failed <----------'
  enum class Outcome { undiscovered, waiting, under_way, done, failed };

  FetchId id = 0;
  std::string path;
  std::string priority;  // the value of the field Priority (RFC 9218); empty: none is sent
  Outcome outcome = Outcome::undiscovered;
  std::string trouble;  // why it failed

  std::optional<FetchId> found_in;         // none: wanted from the start
  std::optional<ConnectionId> connection;  // the latest that took it
  int attempts = 0;                        // how often it was taken
  int refusals = 0;                        // and how often turned away unread

  std::optional<Instant> queued;      // wanted since
  std::optional<Instant> sent;        // the request was produced; of the latest attempt
  std::optional<Instant> first_byte;  // the answer began, 1xx aside
  std::optional<Instant> last_byte;   // and was whole

  int status = 0;                // 0: no answer
  std::uint64_t body_bytes = 0;  // of content, without framing
};

}  // namespace muxlab::client
