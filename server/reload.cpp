#include "server/reload.h"

#include <fmt/format.h>

#include <utility>

#include "server/configuration/values.h"

namespace muxlab::server {
namespace {

using configuration::Change;
using configuration::Json;
using configuration::Key;

Failure needs_restart(const std::string& what) {
  return {what + "; ports, lanes and threads are made at the start: restart, or change it back"};
}

template <typename Section>
Status check_keys(std::span<const Key<Section>> keys, const std::string& at, Section now,
                  Section next) {
  for (const Key<Section>& key : keys) {
    if (key.change != Change::by_restart) continue;
    const Json is = value_of(key.place(now));
    const Json wanted = value_of(key.place(next));
    if (is == wanted) continue;
    return needs_restart(
        fmt::format("{}{} can't go from {} to {}", at, key.pointer, is.dump(), wanted.dump()));
  }
  return Done{};
}

}  // namespace

Status check_reloadable(const configuration::Configuration& now,
                        const configuration::Configuration& next) {
  if (Status kept = check_keys(configuration::configuration_keys(), {}, now, next); !kept.ok())
    return kept;
  if (now.lanes.size() != next.lanes.size()) {
    return needs_restart(fmt::format("{} can't go from {} lanes to {}",
                                     configuration::lanes_pointer, now.lanes.size(),
                                     next.lanes.size()));
  }
  for (std::size_t i = 0; i < now.lanes.size(); ++i) {
    const std::string at = fmt::format("{}/{}", configuration::lanes_pointer, i);
    Status kept = check_keys(configuration::lane_keys(), at, now.lanes[i], next.lanes[i]);
    if (!kept.ok()) return kept;
  }
  return Done{};
}

Result<Renewal> Renewal::prepare(const configuration::Configuration& next,
                                 const tls::TicketKeys& own_tickets,
                                 const std::vector<std::vector<std::string>>& ports,
                                 const std::vector<lab::Lane>& endpoints) {
  Renewal renewal;
  Result<Credentials> credentials = Credentials::load(next, own_tickets);
  if (!credentials.ok()) return credentials.failure();
  renewal.credentials = std::move(credentials.value());
  for (const auto& names : ports) {
    std::vector<PortTerms>& all = renewal.terms.emplace_back();
    for (const std::string& name : names) {
      Result<PortTerms> terms = renewal.credentials.terms_for(lane_named(name, next), next);
      if (!terms.ok()) return terms.failure();
      all.push_back(std::move(terms.value()));
    }
  }
  for (const lab::Lane& open : endpoints) {
    lab::Lane lane = lane_named(open.name, next);
    lane.port = open.port;
    renewal.endpoints.push_back(std::move(lane));
  }
  auto site = load_site(next);
  if (!site.ok()) return site.failure();
  renewal.site = std::move(site.value());
  auto logs = open_logs(next, ports.size());
  if (!logs.ok()) return logs.failure();
  renewal.logs = std::move(logs.value());
  return renewal;
}

}  // namespace muxlab::server
