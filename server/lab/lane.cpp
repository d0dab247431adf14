#include "server/lab/lane.h"

#include <fmt/format.h>

#include <utility>

namespace muxlab::server::lab {
namespace {

http1::Options one_request_a_connection() {
  http1::Options options;
  options.keep_alive = false;
  return options;
}

http1::Options brief_keep_alive() {
  http1::Options options;
  options.idle_timeout = 15s;
  options.max_requests = 1000;
  return options;
}

void unchanged(http2::Options&) {}

// A lane of HTTP/2 alone, changed from what it is otherwise by `change`.
Lane http2_lane(std::string name, void (*change)(http2::Options&) = unchanged) {
  http2::Options options;
  change(options);
  return {.name = std::move(name), .rules = {.http1 = std::nullopt, .http2 = options}};
}

}  // namespace

std::string Lane::protocol() const {
  if (!rules.http2) return "http/1.1";
  if (!rules.http1) return "h2";
  return secure ? "h2, http/1.1" : "http/1.1, h2c";
}

std::string Lane::url(std::string_view host) const {
  return fmt::format("{}://{}:{}/", secure ? "https" : "http", host, port);
}

Lane site_lane() {
  return {.name = "site",
          .rules = {.http1 = http1::Options{}, .http2 = http2::Options{}},
          .tap = false,
          .in_lab = false};
}

Lane plain_lane() {
  Lane lane = site_lane();
  lane.name = "plain";
  lane.secure = false;
  return lane;
}

Lane console_lane() {
  Lane lane = site_lane();
  lane.name = "console";
  return lane;
}

std::vector<Lane> lab_lanes() {
  return {
      {.name = "h1-close", .rules = {.http1 = one_request_a_connection(), .http2 = std::nullopt}},
      {.name = "h1", .rules = {.http1 = brief_keep_alive(), .http2 = std::nullopt}},
      http2_lane("h2"),
      http2_lane("h2-fifo",
                 [](http2::Options& options) { options.scheduler = http2::Scheduler::fifo; }),
      http2_lane("h2-push", [](http2::Options& options) { options.push = true; }),
      http2_lane("h2-hints", [](http2::Options& options) { options.early_hints = true; }),
  };
}

}  // namespace muxlab::server::lab
