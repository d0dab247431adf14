#include "common/tls/certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "common/tls/certificate_issuer.h"
#include "common/tls/folder_lock.h"
#include "common/tls/pem_file.h"
#include "common/tls/subject_name.h"

namespace muxlab::tls {
namespace {

using std::chrono::days;
using WallTime = std::chrono::system_clock::time_point;

constexpr days authority_lifetime{3650};
constexpr days server_lifetime{397};  // browsers refuse more than 398 from authorities at large
constexpr days renewal_window{30};
constexpr std::chrono::hours clock_tolerance{1};  // for a visitor whose clock is behind ours

constexpr auto writing_cure = "choose a folder that this user may write, with room on its disk";
constexpr auto renewing_cure = "delete it, and the next start makes a new one";

Validity valid_for(days lifetime, WallTime now) {
  return {now - clock_tolerance, now + lifetime};
}

bool is_there(const std::filesystem::path& file) {
  std::error_code unreadable;  // then reading it will say why
  return std::filesystem::exists(file, unreadable) || unreadable;
}

Failure with_cure(const Failure& failure, const std::string& cure) {
  return {failure.message + "; " + cure};
}

std::string new_authority_cure(const CertificateFiles& files) {
  return "delete " + files.authority.filename().string() + " and " +
         files.authority_key.filename().string() +
         " for a new authority, which must then be trusted anew";
}

std::string authority_cure(const CertificateFiles& files) {
  return "make it readable or restore it, or " + new_authority_cure(files);
}

std::optional<SubjectName> host_subject() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return std::nullopt;
  const auto parsed = parse_subject_name(name.data());
  if (!parsed.ok()) return std::nullopt;
  return parsed.value();
}

// `cure` is for a key that is there and cannot be read.
Result<PrivateKey> read_or_make_key(const std::filesystem::path& file, const std::string& cure) {
  if (is_there(file)) {
    auto key = read_private_key(file);
    if (!key.ok()) return with_cure(key.failure(), cure);
    return key;
  }
  auto key = make_key();
  if (!key.ok()) return key;
  if (const Status written = write_private_key(file, *key.value()); !written.ok()) {
    return with_cure(written.failure(), writing_cure);
  }
  return key;
}

Result<Certificate> read_or_make_authority(const CertificateFiles& files, EVP_PKEY& key,
                                           WallTime now) {
  if (is_there(files.authority)) {
    auto certificate = read_certificate(files.authority);
    if (!certificate.ok()) return with_cure(certificate.failure(), authority_cure(files));
    return certificate;
  }
  auto made = issue_authority(key, host_subject(), valid_for(authority_lifetime, now));
  if (!made.ok()) return made;
  if (const Status written = write_certificate(files.authority, *made.value()); !written.ok()) {
    return with_cure(written.failure(), writing_cure);
  }
  return made;
}

Result<Authority> ensure_authority(const CertificateFiles& files, WallTime now) {
  if (is_there(files.authority) && !is_there(files.authority_key)) {
    return Failure{files.authority_key.string() + ": is missing; " + authority_cure(files)};
  }
  // The key is written first: a start that was cut short leaves a key that the next one uses.
  auto key = read_or_make_key(files.authority_key, authority_cure(files));
  if (!key.ok()) return key.failure();
  auto certificate = read_or_make_authority(files, *key.value(), now);
  if (!certificate.ok()) return certificate.failure();

  X509* const x509 = certificate.value().get();
  if (X509_check_private_key(x509, key.value().get()) != 1) {
    ERR_clear_error();
    return Failure{files.authority_key.string() + ": is not the key of " +
                   files.authority.string() + "; " + authority_cure(files)};
  }
  if (validity_of(*x509).until <= now) {
    return Failure{files.authority.string() + ": has expired; " + new_authority_cure(files)};
  }
  return Authority{std::move(certificate.value()), std::move(key.value())};
}

// Each once.
Result<std::vector<SubjectName>> subject_names(const std::vector<std::string>& texts) {
  std::vector<SubjectName> names;
  for (const std::string& text : texts) {
    const auto name = parse_subject_name(text);
    if (!name.ok()) {
      return Failure{"certificate: " + name.failure().message + "; correct it or leave it out"};
    }
    if (std::find(names.begin(), names.end(), name.value()) == names.end()) {
      names.push_back(name.value());
    }
  }
  return names;
}

// No longer than its authority.
Validity leaf_validity(const Authority& authority, WallTime now) {
  Validity validity = valid_for(server_lifetime, now);
  validity.until = std::min(validity.until, validity_of(*authority.certificate).until);
  return validity;
}

bool may_name(const Authority& authority, const SubjectName& name, WallTime now) {
  // Asked of OpenSSL, not of a list: the authority may be from another version or host name.
  const auto trial =
      issue_server_certificate(authority, *authority.key, {name}, leaf_validity(authority, now));
  return trial.ok() && permits(*authority.certificate, *trial.value());
}

// Whether `certificate` can serve on: from this authority, of this key, in time, with all names.
bool serves(X509& certificate, const Authority& authority, const EVP_PKEY& key,
            const std::vector<SubjectName>& wanted, WallTime now) {
  const bool ours = X509_check_issued(authority.certificate.get(), &certificate) == X509_V_OK &&
                    X509_verify(&certificate, authority.key.get()) == 1 &&
                    X509_check_private_key(&certificate, &key) == 1;
  ERR_clear_error();
  if (!ours) return false;

  const Validity validity = validity_of(certificate);
  const WallTime longest = validity_of(*authority.certificate).until;
  const bool soon_over = validity.until < now + renewal_window && validity.until < longest;
  if (soon_over || validity.from > now) return false;

  const std::vector<SubjectName> held = names_in(certificate);
  return std::all_of(wanted.begin(), wanted.end(), [&](const SubjectName& name) {
    return std::find(held.begin(), held.end(), name) != held.end();
  });
}

Status make_server_certificate(const CertificateFiles& files, const Authority& authority,
                               EVP_PKEY& key, const std::vector<SubjectName>& names, WallTime now) {
  const auto made = issue_server_certificate(authority, key, names, leaf_validity(authority, now));
  if (!made.ok()) return made.failure();
  const Status written = write_certificate(files.server, *made.value());
  if (!written.ok()) return with_cure(written.failure(), writing_cure);
  return written;
}

// Needs `names` that the authority may vouch for.
Status ensure_server_certificate(const CertificateFiles& files, const Authority& authority,
                                 const std::vector<SubjectName>& names, WallTime now) {
  const auto key = read_or_make_key(files.server_key, renewing_cure);
  if (!key.ok()) return key.failure();
  if (is_there(files.server)) {
    const auto certificate = read_certificate(files.server);
    if (!certificate.ok()) return with_cure(certificate.failure(), renewing_cure);
    if (serves(*certificate.value(), authority, *key.value(), names, now)) return Done{};
  }
  return make_server_certificate(files, authority, *key.value(), names, now);
}

}  // namespace

CertificateFiles CertificateFiles::in(const std::filesystem::path& folder) {
  return {folder / "ca.pem", folder / "ca-key.pem", folder / "server.pem",
          folder / "server-key.pem"};
}

std::vector<std::string> always_named() {
  // One by one: browsers refuse a certificate for *.localhost.
  return {"localhost", "h1.localhost", "h2.localhost", "127.0.0.1", "::1"};
}

std::optional<std::string> host_name() {
  const auto host = host_subject();
  return host ? std::optional{host->text} : std::nullopt;
}

Result<CertificateFiles> ensure_certificates(const std::filesystem::path& folder,
                                             const std::vector<std::string>& names,
                                             std::chrono::system_clock::time_point now) {
  std::vector<std::string> all = always_named();
  all.insert(all.end(), names.begin(), names.end());
  auto wanted = subject_names(all);
  if (!wanted.ok()) return wanted.failure();

  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Failure{folder.string() + ": cannot be made (" + failed.message() +
                   "); choose a folder that this user may write"};
  }
  // Another process may be starting here: a key of one must not meet a certificate of the other.
  const auto lock = FolderLock::take(folder);
  if (!lock.ok()) return lock.failure();

  const CertificateFiles files = CertificateFiles::in(folder);
  const auto authority = ensure_authority(files, now);
  if (!authority.ok()) return authority.failure();
  std::erase_if(wanted.value(),
                [&](const SubjectName& name) { return !may_name(authority.value(), name, now); });
  const Status server = ensure_server_certificate(files, authority.value(), wanted.value(), now);
  if (!server.ok()) return server.failure();
  return files;
}

}  // namespace muxlab::tls
