#include "server/listened_names.h"

#include <algorithm>

#include "common/net/machine_addresses.h"
#include "common/tls/certificate.h"
#include "common/tls/subject_name.h"

namespace muxlab::server {

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

std::vector<std::string> listened_names(const std::vector<std::string>& addresses) {
  std::vector<std::string> names;
  for (const std::string& address : addresses) {
    const auto of_machine = net::machine_addresses(address);
    names.insert(names.end(), of_machine.begin(), of_machine.end());
    const auto name = tls::parse_subject_name(address);  // for its one spelling
    const bool wildcard = address == "0.0.0.0" || address == "::";
    if (!wildcard && name.ok()) names.push_back(name.value().text);
  }
  if (!std::all_of(names.begin(), names.end(), is_loopback)) {
    if (const auto host = tls::host_name()) names.push_back(*host);
  }
  return names;
}

std::string host_to_open(const std::vector<std::string>& addresses) {
  const auto is_local = [](const std::string& address) {
    return address == "127.0.0.1" || address == "::1" || address == "0.0.0.0" || address == "::";
  };
  if (addresses.empty() || std::any_of(addresses.begin(), addresses.end(), is_local)) {
    return "localhost";
  }
  const std::string& first = addresses.front();
  return first.find(':') == std::string::npos ? first : "[" + first + "]";
}

}  // namespace muxlab::server
