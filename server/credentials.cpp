#include "server/credentials.h"

#include <chrono>
#include <utility>
#include <vector>

#include "common/tls/certificate.h"
#include "server/listened_names.h"

namespace muxlab::server {
namespace {

Status find_certificate(const configuration::Configuration& configuration,
                        Credentials& credentials) {
  if (!configuration.certificate.empty()) {
    credentials.certificate = configuration.certificate;
    credentials.key = configuration.key;
    return Done{};
  }
  Result<tls::CertificateFiles> files =
      tls::ensure_certificates(configuration.certificate_folder, known_names(configuration),
                               std::chrono::system_clock::now());
  if (!files.ok()) return files.failure();
  credentials.certificate = files.value().server;
  credentials.key = files.value().server_key;
  credentials.authority = files.value().authority;
  return Done{};
}

}  // namespace

std::vector<std::string> known_names(const configuration::Configuration& configuration) {
  std::vector<std::string> names = listened_names(configuration.addresses);
  const std::vector<std::string>& further = configuration.host_names.all;
  names.insert(names.end(), further.begin(), further.end());
  return names;
}

Result<Credentials> Credentials::load(const configuration::Configuration& configuration,
                                      const tls::TicketKeys& own_tickets) {
  Credentials credentials;
  credentials.groups = configuration.groups.all;
  credentials.own_tickets = credentials.tickets = own_tickets;
  if (!configuration.ticket_keys.empty()) {
    auto shared = tls::read_ticket_keys(configuration.ticket_keys);
    if (!shared.ok()) return shared.failure();
    credentials.tickets = std::move(shared.value());
  }
  if (Status found = find_certificate(configuration, credentials); !found.ok()) {
    return found.failure();
  }
  if (configuration.key_log.empty()) return credentials;
  auto key_log = tls::KeyLog::open(configuration.key_log);
  if (!key_log.ok()) return key_log.failure();
  credentials.key_log = std::move(key_log.value());
  return credentials;
}

tls::CertificateSummary Credentials::summary() const {
  auto read = tls::summarize(certificate);
  return read.ok() ? std::move(read.value()) : tls::CertificateSummary{};
}

lab::OwnNames Credentials::own_names(const configuration::Configuration& configuration) const {
  std::vector<std::string> names = summary().names;
  const std::vector<std::string>& further = configuration.host_names.all;
  names.insert(names.end(), further.begin(), further.end());
  return lab::OwnNames{names};
}

Result<PortTerms> Credentials::terms_for(const lab::Lane& lane,
                                         const configuration::Configuration& configuration) const {
  PortTerms terms{std::nullopt, lane.rules, configuration.limits.connection, {}};
  // The console is asked directly: each process has its own.
  if (lane.name != lab::console_lane().name) terms.balancers = configuration.balancers;
  if (!lane.secure) return terms;
  auto identity = tls::ServerIdentity::load(certificate, key, dispatch::alpn_protocols(lane.rules),
                                            tickets, key_log, groups);
  if (!identity.ok()) return identity.failure();
  terms.identity = std::move(identity.value());
  return terms;
}

}  // namespace muxlab::server
