#include "server/site/page_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>

namespace muxlab::server::site {
namespace {

using json::Json;
using json::shown;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> page_members{"page", "title", "parameters", "resources"};
constexpr std::array<std::string_view, 3> parameter_members{"default", "min", "max"};
constexpr std::array<std::string_view, 5> resource_members{"path", "type", "found_in", "blocks",
                                                           "priority"};

// What a browser's numbers hold exactly.
constexpr double most_whole = 9'007'199'254'740'991;

Failure wrong(std::string_view place, std::string_view cure) {
  return {fmt::format("{} {}", place, cure)};
}

// `place` is where the object stands: "resources[3]"; empty for the whole.
Status check_names(const Json& object, std::string_view place, Names known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return wrong(fmt::format("{}{}{}", place, place.empty() ? "" : ".", shown(name)),
                 fmt::format("is unknown here: there are {}", fmt::join(known, ", ")));
  }
  return Done{};
}

// Absent or a text.
bool may_be_text(const Json& object, std::string_view name) {
  const auto given = object.find(name);
  return given == object.end() || given->is_string();
}

bool is_whole(const Json& value) {
  return value.is_number_integer() && std::abs(value.get<double>()) <= most_whole;
}

Status check_parameter(const std::string& place, const Json& parameter) {
  if (!parameter.is_object()) return wrong(place, "must be an object with default, min and max");
  if (Status known = check_names(parameter, place, parameter_members); !known.ok()) return known;
  const bool limited = parameter.contains("min") || parameter.contains("max");
  if (!limited) {
    const Json usual = parameter.value("default", Json());
    if (usual.is_number() || usual.is_string() || usual.is_boolean()) return Done{};
    return wrong(place + ".default", "must be a number, a text, true or false");
  }
  for (const std::string_view name : parameter_members) {
    if (parameter.contains(name) && is_whole(parameter[name])) continue;
    return wrong(fmt::format("{}.{}", place, name), "must be a whole number, as its limits are");
  }
  if (parameter["min"] <= parameter["default"] && parameter["default"] <= parameter["max"]) {
    return Done{};
  }
  return wrong(place + ".default", "must lie between min and max");
}

Status check_parameters(const Json& parameters) {
  if (!parameters.is_object() || parameters.size() > max_page_parameters) {
    return wrong("parameters", fmt::format("must be an object of at most {}", max_page_parameters));
  }
  for (const auto& [name, parameter] : parameters.items()) {
    const std::string place = fmt::format("parameters[{}]", shown(name));
    if (Status checked = check_parameter(place, parameter); !checked.ok()) return checked;
  }
  return Done{};
}

Status check_resource(const std::string& place, const Json& resource) {
  if (!resource.is_object()) return wrong(place, "must be an object with a path");
  if (Status known = check_names(resource, place, resource_members); !known.ok()) return known;
  if (!resource.contains("path")) return wrong(place + ".path", "is missing");
  for (const std::string_view name : resource_members) {
    if (may_be_text(resource, name)) continue;
    return wrong(fmt::format("{}.{}", place, name), "must be a text");
  }
  return Done{};
}

Status check_resources(const Json& resources) {
  if (!resources.is_array() || resources.size() > max_page_resources) {
    return wrong("resources", fmt::format("must be a list of at most {}", max_page_resources));
  }
  for (std::size_t i = 0; i < resources.size(); ++i) {
    Status checked = check_resource(fmt::format("resources[{}]", i), resources[i]);
    if (!checked.ok()) return checked;
  }
  return Done{};
}

}  // namespace

Result<Json> read_page_json(std::string_view text, std::string_view folder) {
  Result<Json> read = json::parse(text);
  if (!read.ok()) return read;
  const Json& given = read.value();
  if (!given.is_object()) return wrong("the whole", "must be an object with page, title, ...");
  Status checked = check_names(given, {}, page_members);
  if (!checked.ok()) return checked.failure();
  if (!given.contains("page") || given["page"] != Json(folder)) {
    return wrong("page", fmt::format("must be {}, the folder it stands in", shown(folder)));
  }
  if (!may_be_text(given, "title")) return wrong("title", "must be a text");

  Json page{{"page", folder},
            {"title", given.value("title", std::string{folder})},
            {"parameters", given.value("parameters", Json::object())},
            {"resources", given.value("resources", Json::array())}};
  checked = check_parameters(page["parameters"]);
  if (checked.ok()) checked = check_resources(page["resources"]);
  if (!checked.ok()) return checked.failure();
  return page;
}

}  // namespace muxlab::server::site
