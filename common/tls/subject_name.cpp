#include "common/tls/subject_name.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "common/base/bytes.h"
#include "common/tls/openssl_handles.h"

namespace muxlab::tls {
namespace {

constexpr std::size_t name_limit = 253;  // RFC 1035 section 2.3.4, without the final dot
constexpr std::size_t label_limit = 63;

constexpr std::size_t ipv4_bytes = 4;
constexpr std::size_t ipv6_bytes = 16;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_limit && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '-';
         });
}

// Needs lower case.
bool is_dns_name(std::string_view name) {
  if (name.size() > name_limit) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (!is_label(label)) return false;
    // A numeric last label would make a URL parser take the name for an address.
    if (dot == std::string_view::npos) return !std::all_of(label.begin(), label.end(), is_digit);
    name.remove_prefix(dot + 1);
  }
}

std::optional<std::string> address_text(Bytes address) {
  const bool ipv4 = address.size() == ipv4_bytes;
  if (!ipv4 && address.size() != ipv6_bytes) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(ipv4 ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

std::optional<std::string> canonical_address(const std::string& text) {
  std::array<std::uint8_t, ipv6_bytes> address{};
  if (::inet_pton(AF_INET, text.c_str(), address.data()) == 1) {
    return address_text(Bytes{address}.first(ipv4_bytes));
  }
  if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address_text(address);
  return std::nullopt;
}

Bytes bytes_in(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

}  // namespace

Result<SubjectName> parse_subject_name(std::string_view text) {
  std::string name{text};
  std::transform(name.begin(), name.end(), name.begin(), lower);
  if (const auto address = canonical_address(name)) {
    return SubjectName{SubjectName::Kind::address, *address};
  }
  if (is_dns_name(name)) return SubjectName{SubjectName::Kind::dns, name};
  return Failure{"\"" + std::string{text} + "\" is neither a host name nor an address"};
}

std::vector<SubjectName> names_in(const x509_st& certificate) {
  using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freeing<GENERAL_NAMES_free>>;
  const GeneralNames found{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
  std::vector<SubjectName> names;
  const int count = found ? sk_GENERAL_NAME_num(found.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(found.get(), i);
    if (name->type == GEN_DNS) {
      names.push_back({SubjectName::Kind::dns, std::string{text_of(bytes_in(name->d.dNSName))}});
    } else if (name->type == GEN_IPADD) {
      const auto address = address_text(bytes_in(name->d.iPAddress));
      if (address) names.push_back({SubjectName::Kind::address, *address});
    }
  }
  return names;
}

std::string extension_value(const std::vector<SubjectName>& names) {
  std::string value;
  for (const SubjectName& name : names) {
    if (!value.empty()) value += ',';
    value += name.kind == SubjectName::Kind::dns ? "DNS:" : "IP:";
    value += name.text;
  }
  return value;
}

}  // namespace muxlab::tls
