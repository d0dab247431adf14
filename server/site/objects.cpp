#include "server/site/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "common/json/json.h"
#include "server/site/fnv.h"
#include "server/site/noise_body.h"

namespace muxlab::server::site {
namespace {

constexpr std::size_t longest_name = 64;

// The one way an object of the page is written, below /objects/.
std::string object_path(std::uint64_t index, const ObjectsWish& wish, std::string_view ampersand) {
  return fmt::format("{}?bytes={}{}delay_ms={}", index, wish.bytes, ampersand, wish.delay_ms);
}

std::string object_links(const ObjectsWish& wish) {
  std::string html;
  for (std::uint64_t index = 0; index < wish.count; ++index) {
    fmt::format_to(std::back_inserter(html), "<li><a href=\"{}\">{}</a></li>\n",
                   object_path(index, wish, "&amp;"), index);
  }
  return html;
}

json::Json range_of(const NumberParameter& parameter) {
  return {{"default", parameter.if_absent}, {"min", parameter.least}, {"max", parameter.most}};
}

}  // namespace

bool is_object_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  return !name.empty() && name.size() <= longest_name &&
         std::all_of(name.begin(), name.end(), fits);
}

Result<http::Response> respond_with_object(std::string_view name, std::string_view query) {
  static constexpr std::array<NumberParameter, 2> parameters{object_bytes_parameter,
                                                             delay_parameter};
  static const http::Headers headers = made_here_headers("application/octet-stream");
  const auto numbers = numbers_of(query, parameters);
  if (!numbers.ok()) return numbers.failure();
  const auto [bytes, delay_ms] = numbers.value();

  http::Response response;
  response.headers = headers;
  response.content_length = bytes;
  if (bytes > 0) response.body = std::make_unique<NoiseBody>(fnv1a64(bytes_of(name)), bytes);
  response.delay = delay_of(delay_ms);
  return response;
}

Result<ObjectsWish> parse_objects_wish(std::string_view query) {
  static constexpr std::array<NumberParameter, 3> parameters{
      object_count_parameter, object_bytes_parameter, delay_parameter};
  const auto numbers = numbers_of(query, parameters);
  if (!numbers.ok()) return numbers.failure();
  const auto [count, bytes, delay_ms] = numbers.value();
  return ObjectsWish{count, bytes, delay_ms};
}

Result<PageTemplate> parse_objects_template(std::string_view text) {
  return PageTemplate::parse("objects/index.html", text,
                             {"count", "min_count", "max_count", "bytes", "max_bytes", "delay_ms",
                              "max_delay_ms", "objects"});
}

Representation make_objects_html(const PageTemplate& page, const ObjectsWish& wish) {
  return made_here("text/html; charset=utf-8",
                   page.fill({{"count", std::to_string(wish.count)},
                              {"min_count", std::to_string(object_count_parameter.least)},
                              {"max_count", std::to_string(object_count_parameter.most)},
                              {"bytes", std::to_string(wish.bytes)},
                              {"max_bytes", std::to_string(object_bytes_parameter.most)},
                              {"delay_ms", std::to_string(wish.delay_ms)},
                              {"max_delay_ms", std::to_string(delay_parameter.most)},
                              {"objects", object_links(wish)}}));
}

Representation make_objects_json(const ObjectsWish& wish) {
  json::Json resources = json::Json::array();
  for (const std::string_view style : {"../look.css", "style.css"}) {
    resources.push_back({{"path", style},
                         {"type", "style"},
                         {"found_in", "index.html"},
                         {"blocks", "render"},
                         {"priority", "u=0"}});
  }
  for (const std::string_view script : {"../measure.js", "objects.js"}) {
    resources.push_back({{"path", script}, {"type", "script"}, {"found_in", "index.html"}});
  }
  for (std::uint64_t index = 0; index < wish.count; ++index) {
    resources.push_back({{"path", object_path(index, wish, "&")},
                         {"type", "fetch"},
                         {"found_in", "index.html"},
                         {"priority", "u=1, i"}});
  }
  const json::Json json{{"page", "objects"},
                        {"title", "Objects"},
                        {"parameters",
                         {{"count", range_of(object_count_parameter)},
                          {"bytes", range_of(object_bytes_parameter)},
                          {"delay_ms", range_of(delay_parameter)}}},
                        {"resources", std::move(resources)}};
  return made_here("application/json", json.dump());
}

}  // namespace muxlab::server::site
