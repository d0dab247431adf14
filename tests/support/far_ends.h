// Clients at the far end of one simulated line and a server's whole connections at the near one,
// stepped from event to event in virtual time. A client writes as fast as the line takes it, and
// reads all that lands, unless a test says otherwise.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/connection/connection.h"
#include "common/link/simulated_link.h"
#include "common/tls/plain_channel.h"
#include "server/dispatch/dispatch.h"
#include "tests/support/http2_pair.h"
#include "tests/support/virtual_line.h"

namespace muxlab::test {

class FarEnd {
 public:
  FarEnd(std::shared_ptr<link::Line> line, const connection::SessionChooser& choose,
         const connection::Limits& limits, Instant now)
      : server(std::make_unique<tls::PlainChannel>(), ConnectionFacts{}, choose, limits, now,
               std::make_unique<link::SimulatedLink>(std::move(line), now)) {}

  void say(std::string_view text) { to_say_ += text; }
  bool said_all() const { return to_say_.empty(); }

  // From here on it speaks HTTP/2.
  http2::Endpoint& speak_http2(const http2::EndpointOptions& options = {}) {
    return endpoint_.emplace(http2::Role::client, options);
  }

  void turn(Instant now) {
    if (over()) return;
    if (endpoint_) {
      ByteQueue out;
      endpoint_->produce(out, 1 << 20);
      to_say_ += drain_to_text(out);
    }
    while (!to_say_.empty() && server.wants_input()) {
      const std::size_t count = std::min<std::size_t>(to_say_.size(), 1400);
      server.receive(bytes_of(to_say_).first(count), now);
      to_say_.erase(0, count);
    }
    verdict_ = server.pump(now);
    while (reads && !server.output().empty()) take(server.output().front(), now);
    if (over() && !closed_at) closed_at = now;
  }

  void advance(Instant now) {
    const auto due = server.next_event();
    if (!over() && due && *due <= now) server.advance(now);
  }

  bool over() const {
    return verdict_ == connection::Verdict::abort ||
           (verdict_ == connection::Verdict::finish && server.output_over());
  }

  connection::Connection server;
  bool reads = true;
  std::string heard;                      // of HTTP/1.1
  Instant landed{};                       // the last byte
  std::vector<http2::Event> events;       // of HTTP/2
  std::optional<Instant> closed_at = {};  // when the server's end learned of its close

 private:
  void take(Bytes landed_bytes, Instant now) {
    landed = now;
    if (endpoint_) {
      EXPECT_TRUE(endpoint_->receive(landed_bytes).ok());
      for (http2::Event& event : endpoint_->take_events()) events.push_back(std::move(event));
    } else {
      heard += text_of(landed_bytes);
    }
    server.sent(landed_bytes.size(), now);
  }

  std::string to_say_;
  std::optional<http2::Endpoint> endpoint_;
  connection::Verdict verdict_ = connection::Verdict::open;
};

class FarEnds {
 public:
  FarEnds(std::string_view profile, server::dispatch::Rules rules)
      : rules_(std::move(rules)),
        line_(std::make_shared<link::Line>(VirtualLine::parsed(profile))) {}

  FarEnd& connect() {
    ends_.push_back(std::make_unique<FarEnd>(line_, choose_, limits, now));
    return *ends_.back();
  }

  // True as soon as `happened`; false when it has not within `longest`.
  bool run_until(const std::function<bool()>& happened, Duration longest) {
    const Instant until = now + longest;
    turn();
    while (!happened()) {
      std::optional<Instant> next = line_->next_event();
      for (const auto& end : ends_) {
        if (!end->over()) next = earliest(next, end->server.next_event());
      }
      if (!next || *next > until) break;
      now = std::max(now, *next);
      line_->advance(now);
      for (const auto& end : ends_) end->advance(now);
      turn();
    }
    if (happened()) return true;
    now = until;
    return false;
  }

  void run_for(Duration duration) {
    run_until([] { return false; }, duration);
  }

  Instant now{};
  Shelf shelf;
  connection::Limits limits;

 private:
  void turn() {
    for (const auto& end : ends_) end->turn(now);
  }

  http::DateStamp date_{std::chrono::sys_seconds{}};
  http::Service service_{shelf, date_};
  server::dispatch::Rules rules_;
  connection::SessionChooser choose_ = server::dispatch::chooser(service_, rules_);
  std::shared_ptr<link::Line> line_;
  std::vector<std::unique_ptr<FarEnd>> ends_;
};

}  // namespace muxlab::test
