#include "common/tls/certificate_issuer.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/tls/openssl_error.h"

namespace muxlab::tls {
namespace {

constexpr long x509_version_3 = 2;  // counted from 0 (RFC 5280 section 4.1.2.1)
constexpr int serial_bits = 159;    // 20 octets, positive: the most RFC 5280 section 4.1.2.2 allows
constexpr std::size_t common_name_limit = 64;  // RFC 5280 appendix A.1, ub-common-name

constexpr std::string_view always_permitted =
    "critical,permitted;DNS:localhost,permitted;DNS:muxlab.local,"
    // Loopback.
    "permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
    // Private (RFC 1918, RFC 4193).
    "permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:172.16.0.0/255.240.0.0,"
    "permitted;IP:192.168.0.0/255.255.0.0,permitted;IP:fc00::/fe00::,"
    // Link-local (RFC 3927, RFC 4291).
    "permitted;IP:169.254.0.0/255.255.0.0,permitted;IP:fe80::/ffc0::";

using BigNumber = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;
using NameConstraints = std::unique_ptr<NAME_CONSTRAINTS, Freeing<NAME_CONSTRAINTS_free>>;

// The steps below say whether they succeeded; OpenSSL's error queue says why not.

bool set_serial_number(X509& certificate) {
  const BigNumber serial{BN_new()};
  return serial && BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_validity(X509& certificate, const Validity& validity) {
  using std::chrono::system_clock;
  return ASN1_TIME_set(X509_getm_notBefore(&certificate), system_clock::to_time_t(validity.from)) !=
             nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(&certificate), system_clock::to_time_t(validity.until)) !=
             nullptr;
}

bool set_subject(X509& certificate, std::string_view common_name) {
  const Bytes name = bytes_of(common_name.substr(0, common_name_limit));
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(&certificate), NID_commonName,
                                    MBSTRING_UTF8, name.data(), static_cast<int>(name.size()), -1,
                                    0) == 1;
}

// Needs the keys of both certificates to be set: key identifiers are computed from them.
bool add_extension(X509& certificate, X509& issuer, int kind, const std::string& value) {
  X509V3_CTX roles;
  X509V3_set_ctx(&roles, &issuer, &certificate, nullptr, nullptr, 0);
  const Extension extension{X509V3_EXT_nconf_nid(nullptr, &roles, kind, value.c_str())};
  return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

bool sign(X509& certificate, EVP_PKEY& key) {
  return X509_sign(&certificate, &key, EVP_sha256()) != 0;
}

// An unsigned certificate, complete but for issuer and extensions.
Certificate draft(EVP_PKEY& key, std::string_view common_name, const Validity& validity) {
  Certificate certificate{X509_new()};
  if (!certificate || X509_set_version(certificate.get(), x509_version_3) != 1 ||
      !set_serial_number(*certificate) || !set_validity(*certificate, validity) ||
      !set_subject(*certificate, common_name) || X509_set_pubkey(certificate.get(), &key) != 1) {
    return nullptr;
  }
  return certificate;
}

// Each authority has a name of its own, from its key: trust stores tell authorities apart by it.
std::string authority_name(EVP_PKEY& key, const std::optional<SubjectName>& host) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned char* encoded = nullptr;
  const int encoded_bytes = i2d_PUBKEY(&key, &encoded);
  if (encoded_bytes > 0) SHA256(encoded, static_cast<std::size_t>(encoded_bytes), digest.data());
  OPENSSL_free(encoded);
  std::string name = "muxlab CA ";
  for (const unsigned char byte : Bytes{digest}.first(4)) {
    constexpr std::string_view digits = "0123456789abcdef";
    name += digits[byte >> 4];
    name += digits[byte & 15];
  }
  return host ? name + " on " + host->text : name;
}

std::string permitted_names(const std::optional<SubjectName>& host) {
  std::string value{always_permitted};
  if (host && host->kind == SubjectName::Kind::dns) value += ",permitted;DNS:" + host->text;
  return value;
}

std::chrono::system_clock::time_point wall_time(const ASN1_TIME* time) {
  std::tm fields{};
  ASN1_TIME_to_tm(time, &fields);
  return std::chrono::system_clock::from_time_t(::timegm(&fields));
}

Failure cannot_make(const char* what) {
  return {std::string{"OpenSSL cannot make "} + what + " (" + take_openssl_error() + ")"};
}

}  // namespace

Result<PrivateKey> make_key() {
  ERR_clear_error();
  PrivateKey key{EVP_EC_gen("P-256")};
  if (!key) return cannot_make("a P-256 key");
  return key;
}

Result<Certificate> issue_authority(EVP_PKEY& key, const std::optional<SubjectName>& host,
                                    const Validity& validity) {
  ERR_clear_error();
  Certificate made = draft(key, authority_name(key, host), validity);
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) != 1 ||
      !add_extension(*made, *made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(*made, *made, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(*made, *made, NID_subject_key_identifier, "hash") ||
      !add_extension(*made, *made, NID_name_constraints, permitted_names(host)) ||
      !sign(*made, key)) {
    return cannot_make("the authority's certificate");
  }
  return made;
}

Result<Certificate> issue_server_certificate(const Authority& authority, EVP_PKEY& key,
                                             const std::vector<SubjectName>& names,
                                             const Validity& validity) {
  ERR_clear_error();
  X509& issuer = *authority.certificate;
  Certificate made = draft(key, "muxlab", validity);
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(&issuer)) != 1 ||
      !add_extension(*made, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(*made, issuer, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(*made, issuer, NID_ext_key_usage, "serverAuth") ||
      !add_extension(*made, issuer, NID_subject_key_identifier, "hash") ||
      !add_extension(*made, issuer, NID_authority_key_identifier, "keyid:always") ||
      !add_extension(*made, issuer, NID_subject_alt_name, extension_value(names)) ||
      !sign(*made, *authority.key)) {
    return cannot_make("the server's certificate");
  }
  return made;
}

Validity validity_of(const X509& certificate) {
  return {wall_time(X509_get0_notBefore(&certificate)),
          wall_time(X509_get0_notAfter(&certificate))};
}

bool permits(const X509& authority, X509& certificate) {
  const NameConstraints constraints{static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(&authority, NID_name_constraints, nullptr, nullptr))};
  if (!constraints) return true;
  X509_check_purpose(&certificate, -1,
                     0);  // has OpenSSL decode the names, which the next call reads
  return NAME_CONSTRAINTS_check(&certificate, constraints.get()) == X509_V_OK;
}

}  // namespace muxlab::tls
