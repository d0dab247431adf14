#include "server/assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <random>
#include <thread>
#include <utility>

#include "server/configuration/lane_rules.h"
#include "server/lab/api/framing.h"

namespace muxlab::server {
namespace {

// The lanes stand this far above the console's port: 8451, 8452, 8453 above 8440.
constexpr int first_lane_above_console = 11;
constexpr int default_console_port = 8440;

std::string another_port(std::string_view option) {
  return fmt::format("choose another with {} (0: none, auto: any that is free)", option);
}

constexpr const char* another_lane_port =
    "the lanes stand from 11 above --console-port: choose another one (auto: any that are free), "
    "or leave them out with --no-lab";

// Where bin/muxlab finds what it serves, built or installed: ../share/muxlab.
std::filesystem::path shared_folder() {
  std::error_code unknown;  // without /proc; then the folder is said to be missing
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return program.parent_path().parent_path() / "share" / "muxlab";
}

// The port of the lane at `index` that did not choose one.
configuration::PortChoice port_beside(configuration::PortChoice console, std::size_t index) {
  if (console.kind == configuration::PortChoice::Kind::any) return console;
  const int base = console.kind == configuration::PortChoice::Kind::fixed ? console.number
                                                                          : default_console_port;
  return configuration::PortChoice::fixed(
      static_cast<std::uint16_t>(base + first_lane_above_console + static_cast<int>(index)));
}

}  // namespace

Result<std::shared_ptr<const site::SiteContent>> load_site(
    const configuration::Configuration& configuration) {
  if (configuration.root.empty()) {
    return site::load_site(shared_folder() / "site", site::SiteKind::built_in);
  }
  return site::load_site(configuration.root, site::SiteKind::folder);
}

lab::Lane lane_named(const std::string& name, const configuration::Configuration& configuration) {
  if (name == "site") return configuration::site_lane_of(configuration.limits);
  if (name == "plain") return configuration::plain_lane_of(configuration.limits);
  if (name == "console") return configuration::console_lane_of(configuration.limits);
  const auto found = std::find_if(
      configuration.lanes.begin(), configuration.lanes.end(),
      [&name](const configuration::LaneConfiguration& lane) { return lane.name == name; });
  assert(found != configuration.lanes.end());
  return lane_of(*found, configuration.limits, configuration.line);
}

Result<std::vector<std::optional<logs::AccessLog>>> open_logs(
    const configuration::Configuration& configuration, std::size_t workers) {
  std::vector<std::optional<logs::AccessLog>> logs(workers);
  if (configuration.access_log.empty()) return logs;
  for (std::optional<logs::AccessLog>& each : logs) {
    Result<logs::AccessLog> log = logs::AccessLog::open(configuration.access_log.string());
    if (!log.ok()) return log.failure();
    each = std::move(log.value());
  }
  return logs;
}

Assembly::Assembly(const configuration::Configuration& configuration, PassedPorts passed,
                   Credentials credentials, std::shared_ptr<const site::SiteContent> site)
    : configuration_(configuration),
      passed_(std::move(passed)),
      addresses_(addresses_or_loopback(configuration.addresses)),
      credentials_(std::move(credentials)),
      site_(std::move(site)) {}

Result<Assembly> Assembly::begin(const configuration::Configuration& configuration,
                                 PassedPorts passed) {
  if (Status ours = check_addresses(configuration.addresses); !ours.ok()) return ours.failure();
  Result<Credentials> credentials = Credentials::load(configuration, tls::TicketKeys::random());
  if (!credentials.ok()) return credentials.failure();
  auto site = load_site(configuration);
  if (!site.ok()) return site.failure();
  return Assembly{configuration, std::move(passed), std::move(credentials.value()),
                  std::move(site.value())};
}

Crew Assembly::site_crew() const {
  Crew crew;
  auto site = std::make_unique<site::Site>(site_);
  crew.site = site.get();
  crew.plan.handlers.push_back(std::move(site));
  return crew;
}

Crew Assembly::counted_site_crew() const {
  Crew crew = site_crew();
  crew.plan.counts = std::make_shared<WorkerCounts>();
  crew.plan.handlers.front() =
      std::make_unique<CountedHandler>(std::move(crew.plan.handlers.front()), crew.plan.counts);
  return crew;
}

// What asks the site's workers, those that are planned by now.
lab::Lab::Workers Assembly::counters() const {
  std::vector<std::shared_ptr<const WorkerCounts>> all;
  for (const Crew& crew : crews_) all.push_back(crew.plan.counts);
  return [all] {
    std::vector<lab::metrics::WorkerFigures> figures;
    for (const auto& each : all) figures.push_back(each->read());
    return figures;
  };
}

Status Assembly::open_site() {
  std::vector<Crew> crews;
  const unsigned workers =
      configuration_.workers.value_or(std::max(1U, std::thread::hardware_concurrency()));
  for (unsigned i = 0; i < workers; ++i) crews.push_back(counted_site_crew());
  if (Status opened = open_port("site", configuration_.site_port, another_port("--port"), crews);
      !opened.ok()) {
    return opened;
  }
  if (Status opened =
          open_port("plain", configuration_.plain_port, another_port("--plain-port"), crews);
      !opened.ok()) {
    return opened;
  }
  if (!crews.front().ports.empty()) crews_ = std::move(crews);
  return Done{};
}

Status Assembly::open_lab() {
  if (!configuration_.lab) return Done{};
  Crew crew = site_crew();
  crew.plan.lab = std::make_unique<lab::Lab>(std::random_device{}());
  crew.lab = crew.plan.lab.get();
  crew.plan.handlers.push_back(
      std::make_unique<lab::api::FramedSite>(*crew.plan.handlers.back(), *crew.lab));
  const std::span<Crew> alone{&crew, 1};
  // The lanes are listed before the console, which lists them too. But of two mistakes the
  // console's port is the one to name: people chose it, and the lanes only follow.
  auto console_port =
      find_port("console", configuration_.console_port, another_port("--console-port"), 1);
  if (!console_port.ok()) return console_port.failure();
  for (std::size_t i = 0; i < configuration_.lanes.size(); ++i) {
    const configuration::LaneConfiguration& lane = configuration_.lanes[i];
    const configuration::PortChoice choice =
        lane.port.value_or(port_beside(configuration_.console_port, i));
    const std::string cure =
        lane.port ? fmt::format("give lane {} another port", lane.name) : another_lane_port;
    if (Status opened = open_port(lane.name, choice, cure, alone); !opened.ok()) return opened;
  }
  crew.lab->show(endpoints_);
  crew.lab->serve_pages([site = crew.site] { return site->pages(); });
  crew.lab->count_workers(counters());
  crew.lab->names = credentials_.own_names(configuration_);
  if (!configuration_.watch.empty()) {
    const std::string file = configuration_.watch == "-" ? "" : configuration_.watch.string();
    Result<logs::FrameLog> log = logs::FrameLog::open(file, net::EventLoop::read_clock());
    if (!log.ok()) return log.failure();
    crew.plan.frame_log = std::move(log.value());
  }
  auto files = site::Files::load(shared_folder() / "lab");
  if (!files.ok()) return files.failure();
  auto console = std::make_unique<lab::api::Console>(
      std::make_shared<const site::Files>(std::move(files.value())), endpoints_, *crew.lab);
  crew.console = console.get();
  crew.plan.handlers.push_back(std::move(console));
  if (Status served = serve_port("console", std::move(console_port.value()), alone); !served.ok()) {
    return served;
  }
  crew.lab->show(endpoints_);
  crews_.push_back(std::move(crew));
  return Done{};
}

Result<TakenPort> Assembly::find_port(const std::string& name, configuration::PortChoice choice,
                                      const std::string& cure, unsigned workers) {
  if (choice.kind == configuration::PortChoice::Kind::off) return TakenPort{};
  auto passed = passed_.take(name, choice);
  if (!passed.ok()) return passed.failure();
  if (!passed.value().empty()) return share_port(std::move(passed.value()), workers);
  return take_port(addresses_, choice, workers, cure);
}

Status Assembly::open_port(const std::string& name, configuration::PortChoice choice,
                           const std::string& cure, std::span<Crew> crews) {
  Result<TakenPort> taken = find_port(name, choice, cure, static_cast<unsigned>(crews.size()));
  if (!taken.ok()) return taken.failure();
  return serve_port(name, std::move(taken.value()), crews);
}

Status Assembly::serve_port(const std::string& name, TakenPort taken, std::span<Crew> crews) {
  if (taken.by_worker.empty()) return Done{};
  lab::Lane lane = lane_named(name, configuration_);
  lane.port = taken.number;
  for (std::size_t i = 0; i < crews.size(); ++i) {
    Result<PortTerms> terms = credentials_.terms_for(lane, configuration_);
    if (!terms.ok()) return terms.failure();
    WorkerPlan& plan = crews[i].plan;
    const bool is_lane = plan.lab != nullptr && name != "console";
    plan.ports.push_back({std::move(taken.by_worker[i]), std::move(terms.value()),
                          plan.handlers.back().get(), is_lane ? name : ""});
    crews[i].ports.push_back(name);
  }
  endpoints_.push_back(std::move(lane));
  return Done{};
}

Result<std::vector<Crew>> Assembly::take_crews() {
  if (crews_.empty()) {
    return Failure{
        "nothing to serve: every port is off; leave out one of --port 0, --plain-port 0, --no-lab"};
  }
  if (Status taken = passed_.check_all_taken(); !taken.ok()) return taken.failure();
  auto logs = open_logs(configuration_, crews_.size());
  if (!logs.ok()) return logs.failure();
  for (std::size_t i = 0; i < crews_.size(); ++i) {
    crews_[i].plan.first_id = i + 1;
    crews_[i].plan.id_step = crews_.size();
    crews_[i].plan.access_log = std::move(logs.value()[i]);
  }
  return std::move(crews_);
}

}  // namespace muxlab::server
