// Who may show whom in a frame: the console shows the lanes' pages, and nobody else does. Says it
// in the fields that browsers obey: Content-Security-Policy, Origin-Agent-Cluster.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/http/handler.h"

namespace muxlab::server::lab {
class Lab;
}

namespace muxlab::server::lab::api {

// The host that a client knows this machine by: "localhost" of "localhost:8440", "[::1]" of
// "[::1]:8440". "localhost" where the authority is none.
std::string host_in(std::string_view authority);

// For the console's page: its own script, style and answers, the lanes in frames, no other host.
std::string console_policy(const Lab& lab, std::string_view authority);

// What a lane serves, for the console to show: its documents say that the console alone may frame
// them, and keep to themselves in the browser, so that one that computes does not hold up another.
class FramedSite final : public http::Handler {
 public:
  // Both outlive this.
  FramedSite(http::Handler& site, const Lab& lab) : site_(site), lab_(lab) {}

  void answer(const http::Request& request, http::Responder& responder) override;

 private:
  http::Handler& site_;
  const Lab& lab_;
};

}  // namespace muxlab::server::lab::api
