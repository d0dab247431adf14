#include "server/lab/run_wish.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "server/lab/line_json.h"
#include "server/lab/problem.h"

namespace muxlab::server::lab {
namespace {

using Json = nlohmann::ordered_json;

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

std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (is_unreserved(c)) {
      all += c;
    } else {
      all += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return all;
}

// "null" where a parameter's limit is not given.
std::string range_of(const Json& parameter) {
  return fmt::format("from {} to {}", parameter.value("min", Json()).dump(),
                     parameter.value("max", Json()).dump());
}

// Why a value won't do for a parameter that page.json describes; empty: it will.
std::string trouble_with(const Json& value, const Json& parameter) {
  const bool wants_number = parameter.contains("min") || parameter.contains("max");
  if (wants_number) {
    if (!value.is_number_integer())
      return fmt::format("give a whole number {}", range_of(parameter));
    const bool low = parameter.contains("min") && value < parameter["min"];
    const bool high = parameter.contains("max") && value > parameter["max"];
    return low || high ? fmt::format("give a whole number {}", range_of(parameter)) : "";
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
  const Json known = page.value("parameters", Json::object());
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

// An empty name is the site's own front page.
const Json* page_named(const std::string& name, const std::vector<Json>& pages) {
  static const Json front = {{"page", ""}, {"parameters", Json::object()}};
  if (name.empty()) return &front;
  const auto found = std::find_if(pages.begin(), pages.end(), [&name](const Json& page) {
    return page.value("page", std::string{}) == name;
  });
  return found == pages.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<Json>& pages) {
  std::vector<std::string> names;
  for (const Json& page : pages) names.push_back(page.value("page", std::string{}));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<http::Response> read_page(const Json& json, const std::vector<Json>& pages,
                                        RunWish& wish) {
  const auto given = json.find("page");
  if (given == json.end() || !given->is_string()) return wrong("page", "give a page's name");
  wish.page = given->get<std::string>();
  const Json* const page = page_named(wish.page, pages);
  if (page == nullptr) return wrong("page", fmt::format("give one of {}", names_of(pages)));
  auto query = query_of(json.value("parameters", Json()), *page);
  if (auto* refusal = std::get_if<http::Response>(&query)) return std::move(*refusal);
  const std::string& text = std::get<std::string>(query);
  wish.target = wish.page.empty() ? "" : wish.page + "/";
  if (!text.empty()) wish.target += "?" + text;
  return std::nullopt;
}

std::optional<http::Response> read_lane(const Json& json, const Lab& lab, RunWish& wish) {
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

std::optional<double> time_of(const Json& json, const char* name) {
  const auto given = json.find(name);
  if (given == json.end() || !given->is_number()) return std::nullopt;
  const double ms = given->get<double>();
  if (!std::isfinite(ms) || ms < 0 || ms > longest_reported_ms) return std::nullopt;
  return ms;
}

Instant instant_of(double ms) {
  return Instant{} +
         std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{ms});
}

}  // namespace

std::variant<http::Response, RunOrder> read_run_order(const Json& json, const Lab& lab,
                                                      const std::vector<Json>& pages) {
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
  const Json resources = json.value("resources", Json::array());
  if (!resources.is_array() || resources.size() > most_reported_requests) {
    return wrong("resources", fmt::format("give an array of at most {}", most_reported_requests));
  }
  for (const Json& each : resources) {
    const bool whole = each.is_object() && each.contains("path") && each["path"].is_string();
    const auto start = whole ? time_of(each, "start") : std::nullopt;
    if (!start) {
      return wrong("resources", "each needs a path and its start, milliseconds from the load's");
    }
    trace::ClientReport report{each["path"].get<std::string>(), instant_of(*start), std::nullopt,
                               std::nullopt};
    if (const auto queued = time_of(each, "queued")) report.queued = instant_of(*queued);
    if (const auto request = time_of(each, "request")) report.sent = instant_of(*request);
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace muxlab::server::lab
