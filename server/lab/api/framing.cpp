#include "server/lab/api/framing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/http/authority.h"
#include "common/http/field_text.h"
#include "server/lab/lab.h"

namespace muxlab::server::lab::api {
namespace {

// What a name or an address is written with. Anything else would be a word of its own in a policy.
bool is_plain(char c) {
  const char lower = http::lowered(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == ':' || c == '[' || c == ']';
}

bool is_document(const http::Response& response) {
  const auto type = response.headers.find("content-type");
  return type && type->starts_with("text/html");
}

}  // namespace

std::string host_in(std::string_view authority) {
  const auto named = http::parse_authority(authority);
  const std::string_view host = named ? named->host : "";
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_plain)) return "localhost";
  return std::string{host};
}

std::string console_policy(const Lab& lab, std::string_view authority) {
  std::string frames;
  for (const Lane& lane : lab.lanes()) {
    frames += " " + lane.url(host_in(authority));
    frames.pop_back();  // an origin has no path
  }
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
      "'self'; frame-src{}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      frames);
}

void FramedSite::answer(const http::Request& request, http::Responder& responder) {
  site_.answer(request, responder);
  http::Response* const response = responder.answered();
  if (response == nullptr || !is_document(*response)) return;
  response->headers.add("content-security-policy",
                        fmt::format("frame-ancestors 'self' https://{}:{}",
                                    host_in(request.authority), lab_.console_port()));
  response->headers.add("origin-agent-cluster", "?1");
}

}  // namespace muxlab::server::lab::api
