// A name that a certificate vouches for: a DNS name or a numeric address, in one canonical
// spelling, so that equal names are equal texts. Resolves nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

struct x509_st;

namespace muxlab::tls {

struct SubjectName {
  enum class Kind { dns, address };

  Kind kind = Kind::dns;
  std::string text;  // lower case; addresses in their shortest form

  bool operator==(const SubjectName&) const = default;
};

// Fails with the text when it is neither an address (no brackets, no zone) nor a DNS name of
// letters, digits and hyphens (RFC 1123 section 2.1).
Result<SubjectName> parse_subject_name(std::string_view text);

// The subject alternative names that `certificate` holds, those that are neither left out.
std::vector<SubjectName> names_in(const x509_st& certificate);

// As OpenSSL's extension syntax has it: "DNS:localhost,IP:::1".
std::string extension_value(const std::vector<SubjectName>& names);

}  // namespace muxlab::tls
