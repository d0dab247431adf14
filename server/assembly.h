// Turns a configuration into a plan for each worker. Opens the ports as it goes, so that each
// mistake is found before anything is served.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/configuration/configuration.h"
#include "server/credentials.h"
#include "server/lab/api/console.h"
#include "server/lab/lane.h"
#include "server/passed_ports.h"
#include "server/ports.h"
#include "server/site/site.h"
#include "server/worker.h"

namespace muxlab::server {

// One worker's plan, and what of it a reload has to reach.
struct Crew {
  WorkerPlan plan;
  std::vector<std::string> ports;        // the names of the plan's, in its order
  site::Site* site = nullptr;            // among the plan's handlers
  lab::api::Console* console = nullptr;  // the same, on the lab's worker alone
  lab::Lab* lab = nullptr;               // the plan's, there too
};

// Reads the site: the folder configured, or the demo pages.
Result<std::shared_ptr<const site::SiteContent>> load_site(
    const configuration::Configuration& configuration);

// The rules under the name of a port: "site", "plain", "console", or a lane's. Needs a name that
// was opened.
lab::Lane lane_named(const std::string& name, const configuration::Configuration& configuration);

// A log for each of the workers; all none when the configuration wants none.
Result<std::vector<std::optional<logs::AccessLog>>> open_logs(
    const configuration::Configuration& configuration, std::size_t workers);

class Assembly {
 public:
  // `passed` go before what the configuration says of a port's number and addresses.
  static Result<Assembly> begin(const configuration::Configuration& configuration,
                                PassedPorts passed);

  // The site's ports, shared by the site's workers.
  Status open_site();
  // The lanes and the console, on one more worker: the lab's.
  Status open_lab();

  const Credentials& credentials() const { return credentials_; }
  const std::shared_ptr<const site::SiteContent>& site() const { return site_; }
  const std::vector<lab::Lane>& endpoints() const { return endpoints_; }

  // Numbers the workers and opens their logs. Ends the assembly. Fails when a port that was passed
  // is nobody's.
  Result<std::vector<Crew>> take_crews();

 private:
  Assembly(const configuration::Configuration& configuration, PassedPorts passed,
           Credentials credentials, std::shared_ptr<const site::SiteContent> site);

  Crew site_crew() const;
  Crew counted_site_crew() const;
  lab::Lab::Workers counters() const;
  // Opens the port of that name on every one of `crews`, answered by the last of each one's
  // handlers.
  Status open_port(const std::string& name, configuration::PortChoice choice,
                   const std::string& cure, std::span<Crew> crews);

  // The same in two steps. A port that is off has nothing in it, and is not served.
  Result<TakenPort> find_port(const std::string& name, configuration::PortChoice choice,
                              const std::string& cure, unsigned workers);
  Status serve_port(const std::string& name, TakenPort taken, std::span<Crew> crews);

  const configuration::Configuration& configuration_;
  PassedPorts passed_;  // those that are not taken yet
  std::vector<std::string> addresses_;
  Credentials credentials_;
  std::shared_ptr<const site::SiteContent> site_;

  std::vector<lab::Lane> endpoints_;  // those that are open
  std::vector<Crew> crews_;
};

}  // namespace muxlab::server
