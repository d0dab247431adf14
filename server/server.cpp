#include "server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "common/tls/certificate.h"
#include "common/tls/certificate_summary.h"
#include "server/lab/console.h"
#include "server/ports.h"
#include "server/site/site.h"

namespace muxlab::server {
namespace {

using lab::Lane;

// The lanes stand this far above the console's port: 8451, 8452, 8453 above 8440.
constexpr int first_lane_above_console = 11;
constexpr int default_console_port = 8440;

std::string another_port(std::string_view option) {
  return fmt::format("choose another with {} (0: none, auto: any that is free)", option);
}

constexpr const char* another_lane_port =
    "the lanes stand from 11 above --console-port: choose another one (auto: any that are free), "
    "or "
    "leave them out with --no-lab";

// Where bin/muxlab finds what it serves, built or installed: ../share/muxlab.
std::filesystem::path shared_folder() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  return program.parent_path().parent_path() / "share" / "muxlab";
}

struct CertificateChoice {
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path authority;  // empty: the user's own certificate
};

Result<CertificateChoice> choose_certificate(const ServeSettings& settings) {
  if (!settings.certificate.empty()) {
    return CertificateChoice{settings.certificate, settings.key, {}};
  }
  // A wildcard names no address: whoever listens on all of them reaches the server by a name.
  std::vector<std::string> names = settings.addresses;
  std::erase_if(names, [](const std::string& name) { return name == "0.0.0.0" || name == "::"; });
  Result<tls::CertificateFiles> files = tls::ensure_certificates(settings.certificate_folder, names,
                                                                 std::chrono::system_clock::now());
  if (!files.ok()) return files.failure();
  return CertificateChoice{files.value().server, files.value().server_key, files.value().authority};
}

// Turns settings into a plan for each worker: opens the ports as it goes, so that each mistake is
// found before anything is served.
class Assembly {
 public:
  static Result<Assembly> begin(const ServeSettings& settings);

  // The site's ports, shared by the site's workers.
  Status open_site();
  // The lanes and the console, on one more worker: the lab's.
  Status open_lab();

  ReadyReport report(const std::string& version) const;
  Result<std::vector<WorkerPlan>> take_plans();

 private:
  Assembly(const ServeSettings& settings, CertificateChoice certificate,
           std::shared_ptr<const site::SiteContent> site)
      : settings_(settings),
        addresses_(addresses_or_loopback(settings.addresses)),
        certificate_(std::move(certificate)),
        tickets_(tls::TicketKeys::random()),
        site_(std::move(site)) {}

  // Opens `lane` on every one of `workers`, answered by the last of each one's handlers.
  Status open_lane(Lane& lane, PortChoice choice, const std::string& cure,
                   std::span<WorkerPlan> workers);
  Result<PortPlan> plan_port(const Lane& lane, std::vector<net::Listener> listeners,
                             http::Handler& handler) const;

  const ServeSettings& settings_;
  std::vector<std::string> addresses_;
  CertificateChoice certificate_;
  tls::TicketKeys tickets_;
  std::shared_ptr<const site::SiteContent> site_;

  std::vector<Lane> endpoints_;  // those that are open
  std::vector<WorkerPlan> plans_;
};

Result<Assembly> Assembly::begin(const ServeSettings& settings) {
  if (Status ours = check_addresses(settings.addresses); !ours.ok()) return ours.failure();
  Result<CertificateChoice> certificate = choose_certificate(settings);
  if (!certificate.ok()) return certificate.failure();
  auto site = site::load_site(shared_folder() / "site");
  if (!site.ok()) return site.failure();
  return Assembly{settings, std::move(certificate.value()), std::move(site.value())};
}

Status Assembly::open_site() {
  std::vector<WorkerPlan> workers(settings_.workers != 0
                                      ? settings_.workers
                                      : std::max(1U, std::thread::hardware_concurrency()));
  for (WorkerPlan& worker : workers) {
    worker.handlers.push_back(std::make_unique<site::Site>(site_));
  }
  Lane site = lab::site_lane();
  if (Status opened = open_lane(site, settings_.site_port, another_port("--port"), workers);
      !opened.ok()) {
    return opened;
  }
  Lane plain = lab::plain_lane();
  if (Status opened = open_lane(plain, settings_.plain_port, another_port("--plain-port"), workers);
      !opened.ok()) {
    return opened;
  }
  if (!workers.front().ports.empty()) plans_ = std::move(workers);
  return Done{};
}

Status Assembly::open_lab() {
  if (!settings_.lab) return Done{};
  WorkerPlan worker;
  worker.handlers.push_back(std::make_unique<site::Site>(site_));
  const PortChoice console_port = settings_.console_port;
  int number =
      first_lane_above_console +
      (console_port.kind == PortChoice::Kind::fixed ? console_port.number : default_console_port);
  for (Lane& lane : lab::lab_lanes()) {
    const PortChoice choice = console_port.kind == PortChoice::Kind::any
                                  ? console_port
                                  : PortChoice::fixed(static_cast<std::uint16_t>(number++));
    if (Status opened = open_lane(lane, choice, another_lane_port, {&worker, 1}); !opened.ok()) {
      return opened;
    }
  }
  auto files = site::Files::load(shared_folder() / "lab");
  if (!files.ok()) return files.failure();
  worker.handlers.push_back(std::make_unique<lab::Console>(
      std::make_shared<const site::Files>(std::move(files.value())), endpoints_));
  Lane console = lab::console_lane();
  if (Status opened =
          open_lane(console, console_port, another_port("--console-port"), {&worker, 1});
      !opened.ok()) {
    return opened;
  }
  plans_.push_back(std::move(worker));
  return Done{};
}

Status Assembly::open_lane(Lane& lane, PortChoice choice, const std::string& cure,
                           std::span<WorkerPlan> workers) {
  if (choice.kind == PortChoice::Kind::off) return Done{};
  Result<TakenPort> taken =
      take_port(addresses_, choice, static_cast<unsigned>(workers.size()), cure);
  if (!taken.ok()) return taken.failure();
  lane.port = taken.value().number;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    Result<PortPlan> plan =
        plan_port(lane, std::move(taken.value().by_worker[i]), *workers[i].handlers.back());
    if (!plan.ok()) return plan.failure();
    workers[i].ports.push_back(std::move(plan.value()));
  }
  endpoints_.push_back(lane);
  return Done{};
}

Result<PortPlan> Assembly::plan_port(const Lane& lane, std::vector<net::Listener> listeners,
                                     http::Handler& handler) const {
  PortPlan plan{std::move(listeners), std::nullopt, lane.rules, &handler};
  if (!lane.secure) return plan;
  auto identity = tls::ServerIdentity::load(certificate_.certificate, certificate_.key,
                                            dispatch::alpn_protocols(lane.rules), tickets_);
  if (!identity.ok()) return identity.failure();
  plan.identity = std::move(identity.value());
  return plan;
}

ReadyReport Assembly::report(const std::string& version) const {
  const auto summary = tls::summarize(certificate_.certificate);
  return {.version = version,
          .authority = certificate_.authority,
          .spki_sha256 = summary.ok() ? summary.value().spki_sha256_base64 : std::string{},
          .endpoints = endpoints_};
}

Result<std::vector<WorkerPlan>> Assembly::take_plans() {
  if (plans_.empty()) {
    return Failure{
        "nothing to serve: every port is off; leave out one of --port 0, --plain-port 0, --no-lab"};
  }
  std::uint64_t id = 0;
  for (WorkerPlan& plan : plans_) {
    plan.first_id = ++id;
    plan.id_step = plans_.size();
    if (settings_.access_log.empty()) continue;
    Result<AccessLog> log = AccessLog::open(settings_.access_log);
    if (!log.ok()) return log.failure();
    plan.access_log = std::move(log.value());
  }
  return std::move(plans_);
}

}  // namespace

Result<Server> Server::assemble(const ServeSettings& settings, const std::string& version) {
  Result<Assembly> assembly = Assembly::begin(settings);
  if (!assembly.ok()) return assembly.failure();
  if (Status opened = assembly.value().open_site(); !opened.ok()) return opened.failure();
  if (Status opened = assembly.value().open_lab(); !opened.ok()) return opened.failure();
  Result<std::vector<WorkerPlan>> plans = assembly.value().take_plans();
  if (!plans.ok()) return plans.failure();
  return Server{assembly.value().report(version), std::move(plans.value())};
}

Server::Server(ReadyReport report, std::vector<WorkerPlan> plans) : report_(std::move(report)) {
  for (WorkerPlan& plan : plans) workers_.push_back(std::make_unique<Worker>(std::move(plan)));
}

void Server::start() {
  for (const auto& worker : workers_) threads_.emplace_back([&worker] { worker->run(); });
}

void Server::drain() {
  for (const auto& worker : workers_) worker->drain();
  threads_.clear();  // joins
}

}  // namespace muxlab::server
