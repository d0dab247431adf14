#include "server/dispatch/dispatch.h"

#include <cassert>
#include <memory>

#include "server/dispatch/wrong_door.h"

namespace muxlab::server::dispatch {
namespace {

// RFC 9113 section 3.4.
constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class Dialect { http1, http2, undecided };

Dialect by_first_bytes(std::string_view first) {
  if (first.starts_with(preface)) return Dialect::http2;
  return preface.starts_with(first) ? Dialect::undecided : Dialect::http1;
}

Dialect dialect_of(const Rules& rules, const ConnectionFacts& facts, Bytes first) {
  if (facts.missed_tls) return by_first_bytes(text_of(first));
  if (facts.tls) return facts.tls->alpn == "h2" ? Dialect::http2 : Dialect::http1;
  if (!rules.http1) return Dialect::http2;
  if (!rules.http2) return Dialect::http1;
  return by_first_bytes(text_of(first));
}

}  // namespace

std::vector<std::string> alpn_protocols(const Rules& rules) {
  std::vector<std::string> protocols;
  if (rules.http2) protocols.push_back("h2");
  if (rules.http1) protocols.push_back("http/1.1");
  return protocols;
}

connection::SessionChooser chooser(const http::Service& service, const Rules& rules) {
  assert(rules.http1 || rules.http2);
  const auto doors = std::make_shared<WrongDoors>(service);  // shared by the chooser's copies
  return [&service, rules, doors](const ConnectionFacts& facts, Bytes first,
                                  Instant now) -> std::unique_ptr<http::Session> {
    switch (dialect_of(rules, facts, first)) {
      case Dialect::http1: {
        const http::Service* const door = doors->instead(facts, rules.http1.has_value());
        http1::Options options = rules.http1.value_or(http1::Options{});
        if (door != nullptr) options.keep_alive = false;  // one answer says all
        return std::make_unique<http1::Session>(door != nullptr ? *door : service, facts, options,
                                                now);
      }
      case Dialect::http2: {
        const http::Service* const door = doors->instead(facts, true);
        return std::make_unique<http2::Session>(door != nullptr ? *door : service, facts,
                                                rules.http2.value_or(http2::Options{}), now);
      }
      case Dialect::undecided:
        return nullptr;
    }
    return nullptr;
  };
}

}  // namespace muxlab::server::dispatch
