#include "bench/instructions/load.h"

namespace muxlab::bench {

const std::vector<Load>& all_loads() {
  constexpr auto h1 = Protocol::http11;
  constexpr auto h2 = Protocol::http2;
  constexpr auto handshake = Load::Unit::handshake;
  constexpr auto connection = Load::Unit::connection;
  constexpr std::size_t KB = 1024;
  constexpr std::size_t MB = 1024 * KB;

  static const std::vector<Load> loads{
      {.name = "h1-1k", .title = "h1 1 KB", .protocol = h1},
      {.name = "h1-1k-browser",
       .title = "h1 1 KB, a browser's fields",
       .protocol = h1,
       .browser = true},
      {.name = "h1-1m", .title = "h1 1 MB", .protocol = h1, .content_bytes = MB},
      {.name = "h2-1k", .title = "h2 1 KB", .protocol = h2},
      {.name = "h2-1k-browser",
       .title = "h2 1 KB, a browser's fields",
       .protocol = h2,
       .browser = true},
      {.name = "h2-1k-32", .title = "h2 1 KB, 32 streams", .protocol = h2, .streams_at_once = 32},
      {.name = "h2-10k-32",
       .title = "h2 10 KB, 32 streams",
       .protocol = h2,
       .streams_at_once = 32,
       .content_bytes = 10 * KB},
      {.name = "h2-1m", .title = "h2 1 MB", .protocol = h2, .content_bytes = MB},
      {.name = "tls-h1-1k", .title = "h1 1 KB", .protocol = h1, .tls = true},
      {.name = "tls-h1-1m", .title = "h1 1 MB", .protocol = h1, .tls = true, .content_bytes = MB},
      {.name = "tls-h2-1k", .title = "h2 1 KB", .protocol = h2, .tls = true},
      {.name = "tls-h2-1k-32",
       .title = "h2 1 KB, 32 streams",
       .protocol = h2,
       .tls = true,
       .streams_at_once = 32},
      {.name = "tls-h2-1m", .title = "h2 1 MB", .protocol = h2, .tls = true, .content_bytes = MB},
      {.name = "handshake", .title = "handshake", .protocol = h2, .unit = handshake, .tls = true},
      {.name = "handshake-resumed",
       .title = "handshake, resumed",
       .protocol = h2,
       .unit = handshake,
       .tls = true,
       .resumes = true},
      {.name = "connection-h1",
       .title = "connection, h1 1 KB",
       .protocol = h1,
       .unit = connection,
       .tls = true},
      {.name = "connection-h2",
       .title = "connection, h2 1 KB",
       .protocol = h2,
       .unit = connection,
       .tls = true},
  };
  return loads;
}

std::size_t Load::units() const {
  constexpr std::size_t long_content_bytes = 100'000;
  if (unit != Unit::request) return 32;
  return content_bytes > long_content_bytes ? 8 : 800;
}

// As Chromium 130 asks for an image of a page, by HTTP/1.1 and HTTP/2 alike.
http::Headers request_fields(const Load& load) {
  if (!load.browser) return {{"user-agent", "h2load nghttp2/1.52.0"}, {"accept", "*/*"}};
  return {
      {"sec-ch-ua-platform", "\"Linux\""},
      {"user-agent",
       "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Chrome/130.0.0.0 Safari/537.36"},
      {"sec-ch-ua", "\"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\""},
      {"sec-ch-ua-mobile", "?0"},
      {"accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"},
      {"sec-fetch-site", "same-origin"},
      {"sec-fetch-mode", "no-cors"},
      {"sec-fetch-dest", "image"},
      {"referer", "https://localhost:8443/mosaic/?tiles=100"},
      {"accept-encoding", "gzip, deflate, br, zstd"},
      {"accept-language", "en-US,en;q=0.9"},
      {"priority", "u=5, i"},
  };
}

std::shared_ptr<const std::string> content_of(const Load& load) {
  return std::make_shared<const std::string>(load.content_bytes, 'm');
}

// The fields that the site gives to what it makes itself.
http::Headers answer_fields() {
  return {{"content-type", "application/octet-stream"},
          {"cache-control", "no-store"},
          {"x-content-type-options", "nosniff"},
          {"timing-allow-origin", "*"}};
}

}  // namespace muxlab::bench
