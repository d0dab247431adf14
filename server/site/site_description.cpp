#include "server/site/site_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/json/json.h"

namespace muxlab::server::site {
namespace {

using json::Json;
using json::shown;

// Set by the server or the file itself: a second one would contradict the first.
constexpr std::array<std::string_view, 16> own_fields{"accept-ranges",
                                                      "allow",
                                                      "connection",
                                                      "content-encoding",
                                                      "content-length",
                                                      "content-range",
                                                      "content-type",
                                                      "date",
                                                      "etag",
                                                      "keep-alive",
                                                      "last-modified",
                                                      "location",
                                                      "timing-allow-origin",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "vary"};

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_field_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

bool is_field_value(std::string_view value) {
  if (value.starts_with(' ') || value.ends_with(' ')) return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// A path of this site: nothing with a scheme, an authority or a fragment.
bool is_own_path(std::string_view path) {
  return !path.empty() && is_visible(path) && !path.starts_with("//") &&
         path.find_first_of(":#\\") == std::string_view::npos;
}

bool is_link(std::string_view link) {
  return is_field_value(link) && link.starts_with('<') && link.find('>') != std::string_view::npos;
}

// Reads one site.json. Every function names the key it looks at when something is wrong.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Result<SiteDescription::Path> path(const std::string& path, const Json& json) const;
  Failure wrong(std::string_view key, std::string_view cure) const {
    return {fmt::format("{}: {} {}", file_, key, cure)};
  }

 private:
  Status read_push(const std::string& path, const std::string& key, const Json& json,
                   std::vector<std::string>& push) const;
  Status read_hints(const std::string& key, const Json& json,
                    std::vector<std::string>& links) const;
  Status read_headers(const std::string& key, const Json& json, http::Headers& headers) const;

  const std::string& file_;
};

Result<SiteDescription::Path> Reader::path(const std::string& path, const Json& json) const {
  const std::string key = fmt::format("paths[{}]", shown(path));
  if (!path.starts_with('/')) return wrong(key, "must begin with a slash, as in \"/article/\"");
  if (!json.is_object()) return wrong(key, "must be an object with push, early_hints or headers");
  http::Companions companions;
  SiteDescription::Path read;
  for (const auto& [name, value] : json.items()) {
    Status done = Done{};
    if (name == "push") {
      done = read_push(path, key + ".push", value, companions.push);
    } else if (name == "early_hints") {
      done = read_hints(key + ".early_hints", value, companions.early_hints);
    } else if (name == "headers") {
      done = read_headers(key + ".headers", value, read.headers);
    } else {
      done = wrong(fmt::format("{}[{}]", key, shown(name)),
                   "is unknown here: there are push, early_hints and headers");
    }
    if (!done.ok()) return done.failure();
  }
  if (!companions.push.empty() || !companions.early_hints.empty()) {
    read.companions = std::make_shared<const http::Companions>(std::move(companions));
  }
  return read;
}

Status Reader::read_push(const std::string& path, const std::string& key, const Json& json,
                         std::vector<std::string>& push) const {
  if (!json.is_array() || json.size() > SiteDescription::max_companions) {
    return wrong(
        key, fmt::format("must be a list of at most {} paths", SiteDescription::max_companions));
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string* target = json[i].get_ptr<const std::string*>();
    if (target == nullptr || !is_own_path(*target)) {
      return wrong(fmt::format("{}[{}]", key, i),
                   "must be a path of this site, as \"style.css\" or \"/article/style.css\"");
    }
    const bool relative = !target->starts_with('/');
    push.push_back(relative ? path.substr(0, path.rfind('/') + 1) + *target : *target);
  }
  return Done{};
}

Status Reader::read_hints(const std::string& key, const Json& json,
                          std::vector<std::string>& links) const {
  if (!json.is_array() || json.size() > SiteDescription::max_companions) {
    return wrong(key, fmt::format("must be a list of at most {} Link values",
                                  SiteDescription::max_companions));
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string* link = json[i].get_ptr<const std::string*>();
    if (link == nullptr || !is_link(*link)) {
      return wrong(fmt::format("{}[{}]", key, i),
                   "must be a Link value, as \"</article/style.css>; rel=preload; as=style\"");
    }
    links.push_back(*link);
  }
  return Done{};
}

Status Reader::read_headers(const std::string& key, const Json& json,
                            http::Headers& headers) const {
  if (!json.is_object() || json.size() > SiteDescription::max_fields) {
    return wrong(
        key, fmt::format("must be an object of at most {} fields", SiteDescription::max_fields));
  }
  for (const auto& [name, value] : json.items()) {
    const std::string field_key = fmt::format("{}[{}]", key, shown(name));
    if (!is_field_name(name)) {
      return wrong(field_key, "must be a field name in lower case, as \"x-demo\"");
    }
    if (std::find(own_fields.begin(), own_fields.end(), name) != own_fields.end()) {
      return wrong(field_key, "is set by the server itself: leave it out");
    }
    const std::string* text = value.get_ptr<const std::string*>();
    if (text == nullptr || !is_field_value(*text)) {
      return wrong(field_key, "must be a string of printable ASCII characters");
    }
    headers.add(name, *text);
  }
  return Done{};
}

}  // namespace

Result<SiteDescription> SiteDescription::parse(const std::string& file, std::string_view text) {
  const Result<Json> json = json::parse(text);
  if (!json.ok()) return Failure{fmt::format("{}: {}", file, json.failure().message)};
  const Reader reader{file};
  if (!json.value().is_object()) return reader.wrong("the whole", "must be an object with paths");
  SiteDescription description;
  for (const auto& [name, value] : json.value().items()) {
    if (name != "paths") return reader.wrong(shown(name), "is unknown here: there is only paths");
    if (!value.is_object()) return reader.wrong("paths", "must be an object, one key a path");
    for (const auto& [path, said] : value.items()) {
      Result<Path> read = reader.path(path, said);
      if (!read.ok()) return read.failure();
      description.paths_.emplace(path, std::move(read.value()));
    }
  }
  return description;
}

const SiteDescription::Path* SiteDescription::find(std::string_view path) const {
  const auto found = paths_.find(path);
  return found == paths_.end() ? nullptr : &found->second;
}

std::shared_ptr<const http::Companions> under_prefix(
    const std::shared_ptr<const http::Companions>& companions, std::string_view prefix) {
  if (!companions || prefix.empty()) return companions;
  http::Companions prefixed = *companions;
  for (std::string& path : prefixed.push) path = fmt::format("{}{}", prefix, path);
  for (std::string& link : prefixed.early_hints) {
    if (link.starts_with("</") && !link.starts_with("<//")) {
      link = fmt::format("<{}{}", prefix, std::string_view{link}.substr(1));
    }
  }
  return std::make_shared<const http::Companions>(std::move(prefixed));
}

}  // namespace muxlab::server::site
