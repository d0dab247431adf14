#include "server/lab/api/run_wish.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "server/lab/api/line_json.h"
#include "server/lab/api/problem.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;
using site::PageDescriptions;

constexpr std::size_t longest_text_parameter = 256;
constexpr std::size_t most_reported_requests = 4096;
constexpr double longest_reported_ms = 3'600'000;

const std::set<std::string, std::less<>> order_fields{"page", "parameters", "lane", "line", "warm"};

http::Response wrong(std::string_view field, const std::string& what) {
  return problem(400, fmt::format("{}: {}", field, what), field);
}

// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string escaped(std::string_view text, std::string_view kept = {}) {
  std::string all;
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != kept.npos) {
      all += c;
    } else {
      all += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return all;
}

// Why a value won't do for a parameter that page.json describes; empty: it will.
std::string trouble_with(const Json& value, const Json& parameter) {
  const auto least = parameter.find("min");
  if (least != parameter.end()) {  // then it has all three
    const double number = value.is_number_integer() ? value.get<double>() : NAN;
    const Json& most = parameter["max"];
    if (number >= least->get<double>() && number <= most.get<double>()) return {};
    return fmt::format("give a whole number from {} to {}", least->dump(), most.dump());
  }
  const bool text =
      value.is_string() && value.get_ref<const std::string&>().size() <= longest_text_parameter;
  return text || value.is_number_integer() || value.is_boolean() ? "" : "give a number or a text";
}

std::string query_value(const Json& value) {
  return value.is_string() ? escaped(value.get_ref<const std::string&>()) : value.dump();
}

// "tiles=100&delay_ms=0", or what is wrong.
std::variant<http::Response, std::string> query_of(const Json& parameters, const Json& page) {
  std::string query;
  if (parameters.is_null()) return query;
  if (!parameters.is_object()) return wrong("parameters", "give an object, or leave it out");
  const Json& known = page["parameters"];
  for (const auto& [name, value] : parameters.items()) {
    const std::string field = "parameters." + name;
    if (!known.contains(name)) {
      std::vector<std::string> names;
      for (const auto& each : known.items()) names.push_back(each.key());
      return wrong(field, names.empty() ? "the page takes no parameters"
                                        : fmt::format("the page takes {}", fmt::join(names, ", ")));
    }
    if (const std::string trouble = trouble_with(value, known[name]); !trouble.empty()) {
      return wrong(field, trouble);
    }
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", escaped(name), query_value(value));
  }
  return query;
}

// An empty name is the site's own front page, described or not.
const Json* page_named(const std::string& name, const PageDescriptions& pages) {
  static const Json front = {{"page", ""}, {"parameters", Json::object()}};
  const auto found = std::find_if(pages.begin(), pages.end(),
                                  [&name](const auto& page) { return (*page)["page"] == name; });
  if (found != pages.end()) return found->get();
  return name.empty() ? &front : nullptr;
}

std::string cure_for_page(const PageDescriptions& pages) {
  if (pages.empty()) return "this site describes none: give \"\", its front page";
  std::vector<std::string> names;
  for (const auto& page : pages) names.push_back((*page)["page"].get<std::string>());
  return fmt::format("give one of {}", fmt::join(names, ", "));
}

std::optional<http::Response> read_page(const Json& json, const PageDescriptions& pages,
                                        recording::RunWish& wish) {
  const auto given = json.find("page");
  if (given == json.end() || !given->is_string()) return wrong("page", "give a page's name");
  wish.page = given->get<std::string>();
  const Json* const page = page_named(wish.page, pages);
  if (page == nullptr) return wrong("page", cure_for_page(pages));
  auto query = query_of(json.value("parameters", Json()), *page);
  if (auto* refusal = std::get_if<http::Response>(&query)) return std::move(*refusal);
  const std::string& text = std::get<std::string>(query);
  wish.target = wish.page.empty() ? "" : escaped(wish.page, "/") + "/";
  if (!text.empty()) wish.target += "?" + text;
  return std::nullopt;
}

std::optional<http::Response> read_lane(const Json& json, const Lab& lab,
                                        recording::RunWish& wish) {
  const auto given = json.find("lane");
  if (given == json.end() || !given->is_string()) return wrong("lane", "give a lane's name");
  const Lane* const lane = lab.lane(given->get<std::string>());
  if (lane == nullptr)
    return wrong("lane", "there is none of that name: GET /api/lanes lists them");
  if (!lane->tap)
    return wrong("lane", "its configuration says \"tap\": false: nothing is recorded");
  wish.lane = lane->name;
  wish.way = lane->rules.http2 ? "h2" : "h1";
  return std::nullopt;
}

Instant instant_of(double ms) {
  return Instant{} +
         std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{ms});
}

// None where it is absent or null, which is what a browser does not know.
std::optional<double> number_in(const Json& json, std::string_view name) {
  const Json given = json.value(name, Json());
  return given.is_number() ? std::optional{given.get<double>()} : std::nullopt;
}

std::optional<Instant> time_in(const Json& json, std::string_view name) {
  const auto ms = number_in(json, name);
  return ms ? std::optional{instant_of(*ms)} : std::nullopt;
}

// What is wrong with a time of the client's own clock, there or not; none: nothing.
std::optional<http::Response> time_fault(const Json& json, const std::string& place,
                                         std::string_view name) {
  const auto ms = number_in(json, name);
  if (json.value(name, Json()).is_null()) return std::nullopt;
  if (ms && *ms >= 0 && *ms <= longest_reported_ms) return std::nullopt;
  return wrong(fmt::format("{}{}", place, name),
               fmt::format("give milliseconds from 0 to {}", longest_reported_ms));
}

// A resource is discovered, then queued, then asked for.
std::optional<http::Response> order_fault(const Json& resource, const std::string& place) {
  const double start = *number_in(resource, "start");
  const auto queued = number_in(resource, "queued");
  const auto request = number_in(resource, "request");
  if (request && *request < start) {
    return wrong(place + ".request",
                 "it can't be asked for before it was known of: start is later");
  }
  if (queued && (*queued < start || (request && *queued > *request))) {
    return wrong(place + ".queued", "give a time from start to request");
  }
  return std::nullopt;
}

// What is wrong with one resource of a report; none: nothing.
std::optional<http::Response> resource_fault(const Json& resource, std::size_t index) {
  const std::string place = fmt::format("resources[{}]", index);
  if (!resource.is_object()) return wrong(place, "give an object with path and start");
  if (!resource.value("path", Json()).is_string()) return wrong(place + ".path", "give a text");
  for (const char* name : {"start", "queued", "request"}) {
    if (auto fault = time_fault(resource, place + ".", name)) return fault;
  }
  if (!number_in(resource, "start")) {
    return wrong(place + ".start", "give the milliseconds at which it began");
  }
  return order_fault(resource, place);
}

}  // namespace

std::variant<http::Response, RunOrder> read_run_order(const Json& json, const Lab& lab,
                                                      const PageDescriptions& pages) {
  if (!json.is_object()) {
    return problem(400, "Give an object: {\"page\": \"mosaic\", \"lane\": \"h2\"}.");
  }
  for (const auto& [name, value] : json.items()) {
    if (!order_fields.contains(name)) {
      return wrong(name, fmt::format("a run has {}", fmt::join(order_fields, ", ")));
    }
  }
  RunOrder order;
  if (auto refusal = read_page(json, pages, order.wish)) return std::move(*refusal);
  if (auto refusal = read_lane(json, lab, order.wish)) return std::move(*refusal);
  if (const auto line = json.find("line"); line != json.end()) {
    order.sets_line = true;
    if (!line->is_null()) {
      auto read = line_from_json(*line);
      if (!read.ok()) return problem(400, read.failure().message, "line");
      order.line = std::move(read.value());
    }
  }
  if (const auto warm = json.find("warm"); warm != json.end()) {
    if (!warm->is_boolean()) return wrong("warm", "give true or false");
    order.wish.warm = warm->get<bool>();
  }
  return order;
}

std::variant<http::Response, std::vector<trace::ClientReport>> read_report(const Json& json) {
  std::vector<trace::ClientReport> reports;
  if (json.is_null()) return reports;
  if (!json.is_object()) return problem(400, "Give an object, or null.");
  if (auto fault = time_fault(json, {}, "load_ms")) return std::move(*fault);
  const Json resources = json.value("resources", Json::array());
  if (!resources.is_array() || resources.size() > most_reported_requests) {
    return wrong("resources", fmt::format("give an array of at most {}", most_reported_requests));
  }
  for (const Json& each : resources) {
    if (auto fault = resource_fault(each, reports.size())) return std::move(*fault);
    reports.push_back({each["path"].get<std::string>(), *time_in(each, "start"),
                       time_in(each, "queued"), time_in(each, "request")});
  }
  return reports;
}

}  // namespace muxlab::server::lab::api
