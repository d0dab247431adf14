#include "common/tls/certificate_summary.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string_view>

#include "common/base/bytes.h"
#include "common/tls/certificate_issuer.h"
#include "common/tls/pem_file.h"
#include "common/tls/subject_name.h"

namespace muxlab::tls {
namespace {

constexpr std::string_view upper_case_digits = "0123456789ABCDEF";

std::string date(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  std::array<char, 16> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &fields);
  return {text.data(), size};
}

std::string text_of_name(const X509_NAME* name) {
  const Bio memory{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string fingerprint(const X509& certificate) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  X509_digest(&certificate, EVP_sha256(), digest.data(), &size);
  std::string text;
  for (const std::uint8_t byte : Bytes{digest}.first(size)) {
    if (!text.empty()) text += ':';
    text += upper_case_digits[byte >> 4];
    text += upper_case_digits[byte & 15];
  }
  return text;
}

std::string spki_sha256_base64(const X509& certificate) {
  unsigned char* encoded = nullptr;
  const int encoded_bytes = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &encoded);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (encoded_bytes > 0) {
    EVP_Digest(encoded, static_cast<std::size_t>(encoded_bytes), digest.data(), &size, EVP_sha256(),
               nullptr);
  }
  OPENSSL_free(encoded);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

Result<CertificateSummary> summarize(const std::filesystem::path& certificate) {
  const auto read = read_certificate(certificate);
  if (!read.ok()) return read.failure();
  const X509& x509 = *read.value();
  CertificateSummary summary;
  summary.subject = text_of_name(X509_get_subject_name(&x509));
  summary.issuer = text_of_name(X509_get_issuer_name(&x509));
  summary.not_after = date(validity_of(x509).until);
  for (const SubjectName& name : names_in(x509)) summary.names.push_back(name.text);
  summary.sha256_fingerprint = fingerprint(x509);
  summary.spki_sha256_base64 = spki_sha256_base64(x509);
  return summary;
}

}  // namespace muxlab::tls
