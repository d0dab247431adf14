#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "common/json/json.h"
#include "common/tls/certificate.h"
#include "common/tls/certificate_summary.h"
#include "server/commands.h"

namespace muxlab::server {
namespace {

constexpr std::string_view how_to_trust = R"(
Trust the authority once, and every browser here believes the server.

  Chromium and Chrome on Linux (certutil is in Debian's libnss3-tools)
    certutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n muxlab -i {0}
    Without that database yet, first: mkdir -p ~/.pki/nssdb &&
    certutil -d sql:$HOME/.pki/nssdb -N --empty-password
  Firefox
    configuration::Settings, Privacy & Security, View Certificates, Authorities, Import
  curl
    curl --cacert {0} https://localhost:8443/
  every program on Debian
    cp {0} /usr/local/share/ca-certificates/muxlab.crt
    update-ca-certificates
  macOS
    security add-trusted-cert -r trustRoot \
      -k ~/Library/Keychains/login.keychain-db {0}
  Windows
    certutil -user -addstore Root {0}
  a phone, when the server listens on the network (--address)
    send it {0}, and only that; install it in the settings as a CA certificate,
    and on an iPhone switch it on under General, About, Certificate Trust configuration::Settings

The authority can vouch for nothing but this machine and private networks: its
name constraints say so. Its key stays in {1}.
)";

std::string describe(const std::string& title, const std::filesystem::path& file,
                     const tls::CertificateSummary& summary) {
  std::string text = fmt::format("{}\n  file         {}\n  subject      {}\n  valid until  {}\n",
                                 title, file.string(), summary.subject, summary.not_after);
  if (!summary.names.empty())
    text += fmt::format("  names        {}\n", fmt::join(summary.names, ", "));
  return text + fmt::format("  SHA-256      {}\n", summary.sha256_fingerprint);
}

int fail(const Failure& failure) {
  fmt::print(stderr, "muxlab: {}\n", failure.message);
  return 1;
}

}  // namespace

int show_certificates(const configuration::CertsSettings& settings) {
  const auto files =
      tls::ensure_certificates(settings.certificate_folder, {}, std::chrono::system_clock::now());
  if (!files.ok()) return fail(files.failure());
  const auto authority = tls::summarize(files.value().authority);
  if (!authority.ok()) return fail(authority.failure());
  const auto server = tls::summarize(files.value().server);
  if (!server.ok()) return fail(server.failure());

  const std::string authority_file = files.value().authority.string();
  if (settings.json) {
    const json::Json all{{"authority", authority_file},
                         {"server", files.value().server.string()},
                         {"names", server.value().names},
                         {"not_after", server.value().not_after},
                         {"spki_sha256", server.value().spki_sha256_base64}};
    fmt::print("{}\n", all.dump());
    return 0;
  }
  fmt::print("{}\n{}  SPKI         {} (SHA-256, base64)\n",
             describe("The authority", files.value().authority, authority.value()),
             describe("The server's certificate", files.value().server, server.value()),
             server.value().spki_sha256_base64);
  fmt::print(how_to_trust, authority_file, settings.certificate_folder.string());
  return 0;
}

}  // namespace muxlab::server
