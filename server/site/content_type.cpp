#include "server/site/content_type.h"

#include <array>

namespace muxlab::server::site {
namespace {

struct ContentType {
  std::string_view ending;
  std::string_view type;
};

constexpr std::array<ContentType, 23> content_types{{
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},  // RFC 9239
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},  // UTF-8 by definition (RFC 8259 section 8.1)
    {".map", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".pdf", "application/pdf"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
}};

}  // namespace

std::string_view content_type_of(std::string_view name) {
  for (const ContentType& known : content_types) {
    if (name.ends_with(known.ending)) return known.type;
  }
  return "application/octet-stream";
}

std::string_view cache_control_of(std::string_view name) {
  const bool page = content_type_of(name).starts_with("text/html") || name.ends_with("/page.json");
  return page ? "no-store" : "no-cache";
}

bool is_compressible(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type == "application/json" ||
         content_type == "application/xml" || content_type == "image/svg+xml" ||
         content_type == "application/wasm";
}

}  // namespace muxlab::server::site
