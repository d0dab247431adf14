#include "server/lab/api/lines.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/method.h"
#include "server/lab/api/json_request.h"
#include "server/lab/api/line_json.h"
#include "server/lab/api/problem.h"
#include "server/site/site_path.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;

constexpr std::string_view presets_path = "/api/lines";
constexpr std::string_view lines_folder = "/api/lines/";
constexpr std::string_view connections_folder = "/api/connections/";

constexpr std::string_view presets_methods = "GET, HEAD, OPTIONS";
constexpr std::string_view line_methods = "GET, HEAD, PUT, OPTIONS";
constexpr std::string_view drop_methods = "POST, OPTIONS";

// More than any window holds: a connection that loses so many in a row is over.
constexpr std::uint64_t most_dropped_segments = 10'000;

struct Place {
  std::string address;
  std::string lane;
};

Json presets_json() {
  Json all = Json::array();
  for (const link::Preset& preset : link::presets()) {
    all.push_back({{"name", preset.profile.preset},
                   {"what", preset.what},
                   {"source", preset.source},
                   {"text", link::line_text(preset.profile)},
                   {"line", line_json(preset.profile)}});
  }
  return all;
}

// As the connections' own addresses are written: "::1", however it was given.
std::optional<std::string> canonical_address(const std::string& text) {
  for (const int family : {AF_INET, AF_INET6}) {
    in6_addr address;
    std::array<char, INET6_ADDRSTRLEN> room;
    if (inet_pton(family, text.c_str(), &address) != 1) continue;
    return inet_ntop(family, &address, room.data(), room.size());
  }
  return std::nullopt;
}

// Unknown is null: nothing was late because nothing was sent yet.
Json lateness_json(const std::optional<line::LineState>& state) {
  const bool known = state && state->lateness.samples > 0;
  return {{"p50", known ? Json(milliseconds(state->lateness.p50)) : Json(nullptr)},
          {"p99", known ? Json(milliseconds(state->lateness.p99)) : Json(nullptr)},
          {"samples", known ? state->lateness.samples : 0}};
}

http::Response line_response(const line::Lines& lines, const Place& place) {
  const auto line = lines.line_of(place.address, place.lane);
  const auto state = lines.state_of(place.address, place.lane);
  return json_response(200, {{"address", place.address},
                             {"lane", place.lane},
                             {"line", line ? line_json(*line) : Json(nullptr)},
                             {"connections", state ? state->connections : 0},
                             {"lateness_ms", lateness_json(state)},
                             {"valid", state ? state->valid : true}});
}

http::Response put_line(line::Lines& lines, const Place& place, const Json& json) {
  std::optional<link::LineProfile> profile;
  if (!json.is_null()) {
    auto read = line_from_json(json);
    if (!read.ok()) return problem(400, read.failure().message, field_of(read.failure()));
    profile = std::move(read.value());
  }
  const Status set = lines.set_line(place.address, place.lane, std::move(profile));
  return set.ok() ? line_response(lines, place) : problem(503, set.failure().message);
}

// "c17"
std::optional<std::uint64_t> connection_id(std::string_view text) {
  std::uint64_t id = 0;
  if (!text.starts_with('c')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

http::Response no_connection(std::string_view name) {
  return problem(404, fmt::format("There is no connection {}.", name));
}

http::Response drop_segments(line::Lines& lines, std::uint64_t connection, const Json& json) {
  const auto given = json.is_object() ? json.find("segments") : json.end();
  if (!json.is_object() || json.size() != 1 || given == json.end()) {
    return problem(400, "Give {\"segments\": 1}: how many of the next are lost.", "segments");
  }
  const bool whole = given->is_number_unsigned();
  const std::uint64_t segments = whole ? given->get<std::uint64_t>() : 0;
  if (segments < 1 || segments > most_dropped_segments) {
    return problem(400,
                   fmt::format("segments: give a whole number from 1 to {}", most_dropped_segments),
                   "segments");
  }
  const std::string name = fmt::format("c{}", connection);
  switch (lines.drop_next(connection, segments)) {
    case line::DropOutcome::dropping:
      return json_response(200, {{"connection", name}, {"segments", segments}});
    case line::DropOutcome::no_such_connection:
      return no_connection(name);
    case line::DropOutcome::not_on_a_line:
      break;
  }
  return problem(409, fmt::format("{} is not on a line: nothing of it can be lost.", name));
}

}  // namespace

bool LinesApi::answer(const http::Request& request, http::Responder& responder) {
  const std::string_view path = request.path();
  if (path == presets_path) {
    answer_presets(request, responder);
  } else if (path.starts_with(lines_folder)) {
    answer_line(path.substr(lines_folder.size()), request, responder);
  } else if (path.starts_with(connections_folder)) {
    answer_connection(path.substr(connections_folder.size()), request, responder);
  } else {
    return false;
  }
  return true;
}

void LinesApi::answer_presets(const http::Request& request, http::Responder& responder) const {
  if (request.method == "OPTIONS") return responder.respond(options_response(presets_methods));
  if (!http::is_read(request.method))
    return responder.respond(method_problem(request.method, presets_methods));
  responder.respond(json_response(200, presets_json()));
}

void LinesApi::answer_line(std::string_view rest, const http::Request& request,
                           http::Responder& responder) {
  std::string room;
  const auto decoded = site::decode_path(rest, room);
  if (!decoded.ok()) return responder.respond(problem(400, decoded.failure().message));
  const std::string_view name = decoded.value();
  const std::size_t slash = std::min(name.find('/'), name.size());
  Place place{std::string{name.substr(0, slash)},
              std::string{name.substr(std::min(slash + 1, name.size()))}};
  if (!lines_.has_lane(place.lane)) {
    return responder.respond(problem(404, fmt::format("There is no lane \"{}\".", place.lane)));
  }
  if (place.address == "me") place.address = request.connection->client_address;
  const auto address = canonical_address(place.address);
  if (!address) {
    return responder.respond(
        problem(404, fmt::format("\"{}\" is no IP address; give one, or me.", place.address)));
  }
  place.address = *address;
  if (request.method == "OPTIONS") return responder.respond(options_response(line_methods));
  if (http::is_read(request.method)) return responder.respond(line_response(lines_, place));
  if (request.method != "PUT") {
    return responder.respond(method_problem(request.method, line_methods));
  }
  if (auto refusal = refusal_of(request, names_)) return responder.respond(std::move(*refusal));
  responder.accept(accept_json(
      [&lines = lines_, place](const Json& json) { return put_line(lines, place, json); }));
}

void LinesApi::answer_connection(std::string_view rest, const http::Request& request,
                                 http::Responder& responder) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (rest.substr(slash) != "/drop") {
    return responder.respond(
        problem(404, fmt::format("The console has nothing at {}.", request.path())));
  }
  if (request.method == "OPTIONS") return responder.respond(options_response(drop_methods));
  if (request.method != "POST") {
    return responder.respond(method_problem(request.method, drop_methods));
  }
  const auto id = connection_id(rest.substr(0, slash));
  if (!id) return responder.respond(no_connection(rest.substr(0, slash)));
  if (auto refusal = refusal_of(request, names_)) return responder.respond(std::move(*refusal));
  responder.accept(accept_json([&lines = lines_, connection = *id](const Json& json) {
    return drop_segments(lines, connection, json);
  }));
}

}  // namespace muxlab::server::lab::api
