// A page of a hundred objects, and the four ways to load it from the real server.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/page_load.h"
#include "common/tls/plain_channel.h"
#include "server/dispatch/dispatch.h"
#include "tests/client/memory_line.h"
#include "tests/support/http2_pair.h"
#include "tests/support/tls_connection.h"

namespace muxlab::test {

inline std::string object_path(std::size_t number) {
  return "/object/" + std::to_string(number);
}

inline client::PagePlan page_of(std::size_t objects) {
  client::PagePlan plan{.index = "/", .objects = {}};
  for (std::size_t number = 0; number < objects; ++number) {
    plan.objects.push_back({.path = object_path(number)});
  }
  return plan;
}

// Every size from nothing to more than a flow-control window is among them.
inline std::size_t object_bytes(std::size_t number) {
  return number * number * 11;
}

class PageTest : public TlsTest {
 protected:
  PageTest() {
    shelf.put("/", std::string(20'000, 'i'));
    for (std::size_t number = 0; number < 100; ++number) {
      shelf.put(object_path(number), std::string(object_bytes(number), 'o'));
    }
    use_rules({.http1 = server::http1::Options{}, .http2 = server::http2::Options{}});
  }

  void use_rules(server::dispatch::Rules rules) {
    choose = server::dispatch::chooser(service, rules);
  }

  static client::Way way_of(Protocol protocol, std::size_t connections) {
    return {.protocol = protocol, .connections = connections};
  }
  static inline const client::Way six = way_of(Protocol::http11, 6);
  static inline const client::Way one = way_of(Protocol::http11, 1);
  static inline const client::Way multiplexed = way_of(Protocol::http2, 1);

  // The client's half and the server's of each connection are in cleartext until this is called.
  void go_under_tls(const std::string& protocol) {
    auto made = tls::ClientIdentity::make(files().authority, {protocol});
    ASSERT_TRUE(made.ok()) << made.failure().message;
    trust.emplace(std::move(made.value()));
    proof.emplace(identity());
  }

  std::unique_ptr<client::PageLoad> load(const client::Way& way, std::size_t objects = 100) {
    return std::make_unique<client::PageLoad>(page_of(objects), way, trust ? &*trust : nullptr,
                                              "localhost:8443", Instant{});
  }

  MemoryLine::Opener real_server() {
    return [this](std::size_t, Instant now) -> std::unique_ptr<FarEnd> {
      std::unique_ptr<tls::Channel> channel;
      if (proof) channel = proof->accept();
      if (!channel) channel = std::make_unique<tls::PlainChannel>();
      return std::make_unique<RealEnd>(std::move(channel), choose, now);
    };
  }

  // The same script on every connection.
  static MemoryLine::Opener scripted(ScriptEnd::Script script) {
    return [script = std::move(script)](std::size_t, Instant) {
      return std::make_unique<ScriptEnd>(script);
    };
  }

  static std::string words(const client::PageLoad& load) {
    const Status outcome = load.outcome();
    return outcome.ok() ? "all arrived" : outcome.failure().message;
  }

  Shelf shelf;
  http::DateStamp date{std::chrono::sys_seconds{}};
  http::Service service{shelf, date};
  connection::SessionChooser choose;
  std::optional<tls::ClientIdentity> trust;
  std::optional<tls::ServerIdentity> proof;
};

}  // namespace muxlab::test
