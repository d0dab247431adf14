#include "server/lab/own_names.h"

#include <algorithm>
#include <optional>

#include "common/http/authority.h"
#include "common/tls/certificate.h"
#include "common/tls/subject_name.h"

namespace muxlab::server::lab {
namespace {

// The name or address that an authority is for; none when it is no authority.
std::optional<tls::SubjectName> name_in(std::string_view text) {
  const auto authority = http::parse_authority(text);
  if (!authority) return std::nullopt;
  const auto name = tls::parse_subject_name(authority->host_without_brackets());
  return name.ok() ? std::optional{name.value()} : std::nullopt;
}

// "*.example.org" holds "a.example.org", one label and no more (RFC 9525 section 6.3).
bool covers(std::string_view wildcard, std::string_view name) {
  const std::size_t dot = name.find('.');
  return wildcard.starts_with("*.") && dot != name.npos && dot > 0 &&
         name.substr(dot) == wildcard.substr(1);
}

}  // namespace

OwnNames::OwnNames(const std::vector<std::string>& given) : names_(tls::always_named()) {
  for (const std::string& text : given) {
    const auto name = tls::parse_subject_name(text.starts_with("*.") ? text.substr(2) : text);
    if (!name.ok()) continue;
    names_.push_back((text.starts_with("*.") ? "*." : "") + name.value().text);
  }
}

bool OwnNames::hold(std::string_view authority) const {
  const auto name = name_in(authority);
  if (!name) return false;
  const bool is_dns = name->kind == tls::SubjectName::Kind::dns;
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& own) {
    return own == name->text || (is_dns && covers(own, name->text));
  });
}

}  // namespace muxlab::server::lab
