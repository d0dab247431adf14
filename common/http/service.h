// What one worker gives each of its sessions: who answers, what the date is, and who writes the
// log.
#pragma once

#include <functional>

#include "common/base/connection_facts.h"
#include "common/base/time.h"
#include "common/http/date.h"
#include "common/http/handler.h"

namespace muxlab::http {

// One request and its response, at its end. The views hold during the call.
struct FinishedExchange {
  const ConnectionFacts& connection;
  Protocol protocol;
  std::uint64_t nth;
  std::uint32_t stream;
  std::string_view method;
  std::string_view target;
  int status;                // 0: ended before an answer
  std::uint64_t body_bytes;  // of content, without framing
  Duration took;  // from the request's last header byte to the response's last byte produced
  bool complete;  // false: cut short by either side
};

using ExchangeLog = std::function<void(const FinishedExchange&)>;

struct Service {
  Handler& handler;
  const DateStamp& date;
  const ExchangeLog* log = nullptr;  // null: nobody listens, nothing is paid
};

}  // namespace muxlab::http
