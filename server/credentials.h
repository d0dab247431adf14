// What the TLS ports are made from: the certificate's files, the ticket keys, the key log. From
// them and a lane's rules come the terms of a port.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/tls/certificate_summary.h"
#include "common/tls/key_log.h"
#include "common/tls/server_identity.h"
#include "server/configuration/configuration.h"
#include "server/lab/lane.h"
#include "server/lab/own_names.h"
#include "server/worker.h"

namespace muxlab::server {

// By which names and addresses clients can know the server: what its certificate should hold.
std::vector<std::string> known_names(const configuration::Configuration& configuration);

struct Credentials {
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path authority;  // empty: the user's own certificate
  tls::TicketKeys own_tickets;      // survive a reload, so that old tickets stay good
  tls::TicketKeys tickets;          // in force: those of the file, where there is one
  std::shared_ptr<const tls::KeyLog> key_log;
  std::vector<std::string> groups;  // of the key exchange; none: tls::usual_groups()

  // Makes the local certificates if they are wanted and missing, reads the file of ticket keys and
  // opens the key log.
  static Result<Credentials> load(const configuration::Configuration& configuration,
                                  const tls::TicketKeys& own_tickets);

  // What the certificate says; nothing if it can't be read, which terms_for() then says.
  tls::CertificateSummary summary() const;

  // The names under which the console is changed: the certificate's, and those configured.
  lab::OwnNames own_names(const configuration::Configuration& configuration) const;

  // Reads certificate and key anew: each worker has its own.
  Result<PortTerms> terms_for(const lab::Lane& lane,
                              const configuration::Configuration& configuration) const;
};

}  // namespace muxlab::server
