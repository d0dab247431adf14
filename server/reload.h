// What a running server can take over from a changed configuration, and what it can't.
#pragma once

#include "common/base/result.h"
#include "server/assembly.h"
#include "server/configuration/configuration.h"
#include "server/credentials.h"

namespace muxlab::server {

// Fails for the first key that differs and is read at the start alone: names it, both values, and
// why.
Status check_reloadable(const configuration::Configuration& now,
                        const configuration::Configuration& next);

// Everything a reload brings, made completely before anything of it is used: a mistake changes
// nothing.
struct Renewal {
  Credentials credentials;
  std::shared_ptr<const site::SiteContent> site;
  std::vector<lab::Lane> endpoints;
  std::vector<std::vector<PortTerms>> terms;         // for each worker, for each of its ports
  std::vector<std::optional<logs::AccessLog>> logs;  // for each worker

  // `ports` are the names of each worker's ports, `endpoints` what is open.
  static Result<Renewal> prepare(const configuration::Configuration& next,
                                 const tls::TicketKeys& own_tickets,
                                 const std::vector<std::vector<std::string>>& ports,
                                 const std::vector<lab::Lane>& endpoints);
};

}  // namespace muxlab::server
