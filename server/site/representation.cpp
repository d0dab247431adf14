#include "server/site/representation.h"

#include <utility>

namespace muxlab::server::site {

Representation made_here(std::string_view content_type, std::string content) {
  return {made_here_headers(content_type), std::make_shared<const std::string>(std::move(content))};
}

http::Headers plain_headers() {
  return {{"cache-control", "no-store"},
          {"x-content-type-options", "nosniff"},
          {"timing-allow-origin", "*"}};
}

http::Headers made_here_headers(std::string_view content_type) {
  return {{"content-type", content_type},
          {"cache-control", "no-store"},
          {"x-content-type-options", "nosniff"},
          {"timing-allow-origin", "*"}};
}

http::Response respond_with(const Representation& representation) {
  http::Response response;
  response.headers = representation.headers;
  response.content_length = representation.content->size();
  response.body = std::make_unique<http::SharedBody>(representation.content);
  return response;
}

}  // namespace muxlab::server::site
