#include "server/site/content_type.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

#include "common/http/field_text.h"
#include "server/site/media_types.h"

namespace muxlab::server::site {
namespace {

// Where the web does other than the system's table says, where tables differ, and what they lack.
constexpr std::array<MediaType, 20> own_types{{
    {"bz2", "application/x-bzip2"},
    {"cjs", "text/javascript; charset=utf-8"},
    {"ico", "image/x-icon"},                   // what every browser has sent for it
    {"js", "text/javascript; charset=utf-8"},  // RFC 9239; older tables: application/javascript
    {"log", "text/plain; charset=utf-8"},
    {"map", "application/json"},                // a source map (ECMA-426)
    {"mjs", "text/javascript; charset=utf-8"},  // RFC 9239
    {"otf", "font/otf"},                        // RFC 8081, and the other fonts
    {"rss", "application/rss+xml"},
    {"sh", "text/x-sh; charset=utf-8"},  // to be read, as other sources are
    {"svgz", "application/gzip"},        // as it lies there, without a content coding
    {"toml", "application/toml"},
    {"ts", "video/mp2t"},  // RFC 3555; of its namesakes the one a browser loads
    {"ttf", "font/ttf"},
    {"wav", "audio/wav"},  // WHATWG MIME Sniffing section 6.2 (audio/wave)
    {"weba", "audio/webm"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"yaml", "application/yaml"},  // RFC 9512
    {"yml", "application/yaml"},
}};

constexpr bool before(const MediaType& one, const MediaType& other) {
  return one.ending < other.ending;
}
static_assert(std::is_sorted(own_types.begin(), own_types.end(), before));
static_assert(std::is_sorted(media_types.begin(), media_types.end(), before));

std::optional<std::string_view> type_in(std::span<const MediaType> sorted,
                                        std::string_view ending) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), MediaType{ending, {}}, before);
  if (found == sorted.end() || found->ending != ending) return std::nullopt;
  return found->type;
}

// "html" of "/a.b/INDEX.HTML"; empty where there is none.
std::string ending_of(std::string_view name) {
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
  const std::size_t dot = name.rfind('.');
  std::string ending{dot == name.npos ? std::string_view{} : name.substr(dot + 1)};
  for (char& c : ending) c = http::lowered(c);
  return ending;
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
  const std::string ending = ending_of(name);
  if (const auto own = type_in(own_types, ending)) return *own;
  return type_in(media_types, ending).value_or("application/octet-stream");
}

std::string_view cache_control_of(std::string_view name) {
  const std::string_view type = content_type_of(name);
  const bool page = type.starts_with("text/html") || type == "application/xhtml+xml" ||
                    name.ends_with("/page.json");
  return page ? "no-store" : "no-cache";
}

bool is_compressible(std::string_view content_type) {
  static constexpr std::array<std::string_view, 11> others{"application/json",
                                                           "application/rtf",
                                                           "application/toml",
                                                           "application/wasm",
                                                           "application/vnd.ms-fontobject",
                                                           "application/xml",
                                                           "application/yaml",
                                                           "font/otf",
                                                           "font/ttf",
                                                           "image/bmp",
                                                           "image/x-icon"};
  return content_type.starts_with("text/") || content_type.ends_with("+json") ||
         content_type.ends_with("+xml") ||
         std::find(others.begin(), others.end(), content_type) != others.end();
}

}  // namespace muxlab::server::site
