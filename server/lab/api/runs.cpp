#include "server/lab/api/runs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/http/method.h"
#include "common/http/query.h"
#include "common/trace/export.h"
#include "server/lab/api/export_body.h"
#include "server/lab/api/framing.h"
#include "server/lab/api/json_request.h"
#include "server/lab/api/line_json.h"
#include "server/lab/api/problem.h"
#include "server/lab/api/run_wish.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;

constexpr std::string_view runs_path = "/api/runs";
constexpr std::string_view runs_folder = "/api/runs/";
constexpr std::string_view runs_methods = "GET, HEAD, POST, OPTIONS";
constexpr std::string_view run_methods = "GET, HEAD, DELETE, OPTIONS";
constexpr std::string_view export_methods = "GET, HEAD, OPTIONS";
constexpr std::string_view end_methods = "POST, OPTIONS";

struct ExportForm {
  std::string_view ending;  // of the address; empty: the trace itself
  std::string_view type;
  trace::Pieces (*make)(std::shared_ptr<const trace::RunTrace>, trace::Vantage);
};

trace::Pieces trace_json(std::shared_ptr<const trace::RunTrace> run, trace::Vantage) {
  return trace::trace_json(std::move(run));
}
trace::Pieces har(std::shared_ptr<const trace::RunTrace> run, trace::Vantage) {
  return trace::har(std::move(run));
}

constexpr std::array<ExportForm, 4> export_forms{{
    {"", "application/json", trace_json},
    {"json", "application/json", trace_json},
    {"har", "application/json", har},
    {"pcapng", "application/x-pcapng", trace::pcapng},
}};

// "vantage=server"; without it a capture is the client's. A failure begins with the field's name.
Result<trace::Vantage> vantage_in(std::string_view query) {
  if (query.empty() || query == "vantage=client") return trace::Vantage::client;
  if (query == "vantage=server") return trace::Vantage::server;
  return Failure{"vantage: a run is captured as its client saw it, or its server"};
}

std::string iso_time(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     std::chrono::time_point_cast<std::chrono::milliseconds>(time));
}

Json ms_or_null(const std::optional<Duration>& duration) {
  return duration ? Json(milliseconds(*duration)) : Json(nullptr);
}

Json summary_of(const recording::RunRecord& run, const recording::Runs& runs) {
  const auto seen = runs.trace(run);
  return {{"id", run.facts.id},
          {"page", run.facts.page},
          {"way", run.facts.way},
          {"lane", run.facts.lane},
          {"line", run.facts.line_json.empty() ? Json(nullptr) : Json::parse(run.facts.line_json)},
          {"warm", run.facts.warm},
          {"measured", !run.wish.warm_up},
          {"state", name_of(run.state)},
          {"started", iso_time(run.facts.started)},
          {"load_ms", ms_or_null(seen->run.load)},
          {"valid", seen->run.valid()},
          {"invalid_because", seen->run.invalid_because},
          {"url", run.url()},
          {"connections", run.connections.size()},
          {"exchanges", seen->exchanges().size()},
          {"dropped", seen->run.dropped}};
}

// A cold run would cut the connections of the one that runs.
http::Response busy(const recording::RunRecord& run, Instant now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(recording::Runs::time_left(run, now));
  http::Response response = problem_with(
      409,
      fmt::format(
          "Run {} of page \"{}\" is running on lane {} for this client: a cold run would cut "
          "its connections. Wait until it has ended, or end it: POST /api/runs/{}/end.",
          run.facts.id, run.facts.page, run.facts.lane, run.facts.id),
      {{"running", {{"id", run.facts.id}, {"page", run.facts.page}}}});
  response.headers.add("retry-after", std::to_string(std::max<std::int64_t>(left.count(), 1)));
  return response;
}

Json address_of(const recording::RunRecord* run) {
  if (run == nullptr) return nullptr;
  return {{"id", run->facts.id}, {"url", run->url()}};
}

Json pages_json(const Lab& lab) {
  Json pages = Json::array();
  for (const auto& page : lab.pages()) pages.push_back(*page);
  return pages;
}

// "k3" and "har" of "k3.har".
std::pair<std::string_view, std::string_view> name_and_ending(std::string_view text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  return {text.substr(0, dot), text.substr(std::min(dot + 1, text.size()))};
}

// "c17"; empty wants none.
std::optional<std::uint64_t> connection_named(std::string_view text) {
  if (!text.starts_with('c')) return std::nullopt;
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

// "run=k3&lane=h2&connection=c17", each at will. A failure begins with the field's name.
Result<events::Filter> filter_of(std::string_view query) {
  events::Filter filter;
  while (!query.empty()) {
    const auto [name, value] = http::take_pair(query);
    if (name == "run") {
      filter.run = value;
    } else if (name == "lane") {
      filter.lane = value;
    } else if (name == "connection") {
      filter.connection = connection_named(value);
      if (!filter.connection) return Failure{"connection: give one as c17"};
    } else {
      return Failure{fmt::format("{}: events are filtered by run, lane and connection", name)};
    }
  }
  return filter;
}

// What a client that comes back has seen (WHATWG HTML section 9.2.4); nonsense is as none.
std::optional<std::uint64_t> last_event_id(const http::Request& request) {
  const auto text = request.headers.find("last-event-id");
  std::uint64_t id = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return id;
}

http::Response events_for(const http::Request& request, Lab& lab) {
  auto filter = filter_of(request.query());
  if (!filter.ok()) return problem(400, filter.failure().message, field_of(filter.failure()));
  auto watching =
      lab.feed.watch(std::move(filter.value()), request.connection->id, last_event_id(request));
  if (!watching.ok()) return problem(503, watching.failure().message);
  return std::move(watching.value());
}

}  // namespace

bool RunsApi::answer(const http::Request& request, http::Responder& responder) {
  const std::string_view path = request.path();
  if (path == runs_path) {
    answer_all(request, responder);
    return true;
  }
  if (path.starts_with(runs_folder)) {
    answer_run(path.substr(runs_folder.size()), request, responder);
    return true;
  }
  const bool reads = path == "/api/pages" || path == "/api/events";
  if (!reads) return false;
  if (request.method == "OPTIONS") {
    responder.respond(options_response(export_methods));
  } else if (!http::is_read(request.method)) {
    responder.respond(method_problem(request.method, export_methods));
  } else if (path == "/api/pages") {
    responder.respond(json_response(200, pages_json(lab_)));
  } else {
    responder.respond(events_for(request, lab_));
  }
  return true;
}

void RunsApi::answer_all(const http::Request& request, http::Responder& responder) {
  if (request.method == "OPTIONS") return responder.respond(options_response(runs_methods));
  if (http::is_read(request.method)) {
    Json all = Json::array();
    for (const auto& run : lab_.runs.all()) all.push_back(summary_of(*run, lab_.runs));
    return responder.respond(json_response(200, all));
  }
  if (request.method != "POST") {
    return responder.respond(method_problem(request.method, runs_methods));
  }
  if (auto refusal = refusal_of(request, lab_.names)) return responder.respond(std::move(*refusal));
  responder.accept(accept_json(
      [this, client = request.connection->client_address,
       host = host_in(request.authority)](const Json& json) { return begin(json, client, host); }));
}

http::Response RunsApi::begin(const Json& json, const std::string& client,
                              const std::string& host) {
  auto read = read_run_order(json, lab_, lab_.pages());
  if (auto* refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  RunOrder& order = std::get<RunOrder>(read);
  order.wish.client = line::Lines::client_at(client);
  const recording::RunRecord* const running = lab_.runs.running(order.wish.client, order.wish.lane);
  if (!order.wish.warm && running != nullptr) return busy(*running, lab_.now());
  order.wish.lane_url = lab_.lane(order.wish.lane)->url(host);
  if (order.sets_line) {
    const Status set = lab_.lines.set_line(client, order.wish.lane, std::move(order.line));
    if (!set.ok()) return problem(503, set.failure().message);
  }
  if (const auto line = lab_.lines.line_of(client, order.wish.lane)) {
    order.wish.line_json = line_json(*line).dump();
  }
  const auto [run, warm_up] = lab_.begin_run(order.wish);
  Json answer = address_of(run);
  answer["warm_up"] = address_of(warm_up);
  http::Response response = json_response(201, answer);
  response.headers.add("location", fmt::format("{}{}", runs_folder, run->facts.id));
  return response;
}

http::Response RunsApi::no_run(std::string_view id) const {
  if (!lab_.runs.was_dropped(id)) return problem(404, fmt::format("There is no run {}.", id));
  return problem(410, fmt::format("Run {} is no more: the oldest are dropped when {} are kept, or "
                                  "their memory is used up.",
                                  id, recording::most_runs));
}

void RunsApi::answer_run(std::string_view rest, const http::Request& request,
                         http::Responder& responder) {
  if (rest.ends_with("/end")) {
    return answer_end(rest.substr(0, rest.size() - std::string_view{"/end"}.size()), request,
                      responder);
  }
  const auto [id, ending] = name_and_ending(rest);
  const bool is_export = id.size() != rest.size();
  const std::string_view methods = is_export ? export_methods : run_methods;
  const recording::RunRecord* const run = lab_.runs.find(id);
  if (run == nullptr) return responder.respond(no_run(id));
  if (request.method == "OPTIONS") return responder.respond(options_response(methods));
  if (http::is_read(request.method)) return responder.respond(trace_of(*run, ending, request));
  if (is_export || request.method != "DELETE") {
    return responder.respond(method_problem(request.method, methods));
  }
  if (auto refusal = refusal_of(request, lab_.names, Content::none)) {
    return responder.respond(std::move(*refusal));
  }
  lab_.runs.remove(id);
  http::Response response;
  response.status = 204;
  responder.respond(std::move(response));
}

http::Response RunsApi::trace_of(const recording::RunRecord& run, std::string_view form,
                                 const http::Request& request) const {
  const auto found = std::find_if(export_forms.begin(), export_forms.end(),
                                  [form](const ExportForm& each) { return each.ending == form; });
  if (found == export_forms.end()) {
    return problem(404,
                   fmt::format("A run can be had as .json, .har or .pcapng, not as .{}.", form));
  }
  const auto vantage = vantage_in(form == "pcapng" ? request.query() : "");
  if (!vantage.ok()) return problem(400, vantage.failure().message, field_of(vantage.failure()));
  http::Response response;
  response.headers = {{"content-type", std::string{found->type}}, {"cache-control", "no-store"}};
  if (!form.empty()) {
    response.headers.add("content-disposition",
                         fmt::format("attachment; filename=\"muxlab-{}.{}\"", run.facts.id, form));
  }
  response.content_length.reset();
  response.body = std::make_unique<ExportBody>(
      found->make(lab_.runs.trace(run), vantage.value()), [&lab = lab_] { return lab.now(); },
      [&lab = lab_, connection = request.connection->id] { lab.wake_soon(connection); });
  return response;
}

void RunsApi::answer_end(std::string_view id, const http::Request& request,
                         http::Responder& responder) {
  if (lab_.runs.find(id) == nullptr) return responder.respond(no_run(id));
  if (request.method == "OPTIONS") return responder.respond(options_response(end_methods));
  if (request.method != "POST") {
    return responder.respond(method_problem(request.method, end_methods));
  }
  // Without content nothing is reported.
  const bool reports = request.headers.find("content-type").has_value();
  if (auto refusal = refusal_of(request, lab_.names, reports ? Content::json : Content::none)) {
    return responder.respond(std::move(*refusal));
  }
  if (!reports) return responder.respond(end(std::string{id}, nullptr));
  responder.accept(
      accept_json([this, name = std::string{id}](const Json& report) { return end(name, report); },
                  max_report_bytes));
}

http::Response RunsApi::end(const std::string& id, const Json& report) {
  auto read = read_report(report);
  if (auto* refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  if (!lab_.runs.end(id, lab_.now())) return no_run(id);
  lab_.runs.report(id, std::move(std::get<std::vector<trace::ClientReport>>(read)));
  return json_response(200, summary_of(*lab_.runs.find(id), lab_.runs));
}

}  // namespace muxlab::server::lab::api
