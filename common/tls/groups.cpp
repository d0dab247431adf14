#include "common/tls/groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <new>

#include "common/tls/openssl_handles.h"

namespace muxlab::tls {
namespace {

// OpenSSL gives a list more signs than the colon: from 3.5 on also / ? * and -.
bool is_name(const std::string& text) {
  return !text.empty() && text.front() != '-' && text.find_first_of(":/?*") == std::string::npos;
}

bool take_list(SSL_CTX* context, const std::vector<std::string>& groups) {
  const bool taken =
      SSL_CTX_set1_groups_list(context, fmt::format("{}", fmt::join(groups, ":")).c_str()) == 1;
  if (!taken) ERR_clear_error();
  return taken;
}

}  // namespace

std::vector<std::string> usual_groups() {
  std::vector<std::string> groups{"X25519MLKEM768", "x25519", "secp256r1", "secp384r1"};
  if (unknown_group({groups.front()})) groups.erase(groups.begin());
  return groups;
}

std::vector<std::string> comparable_groups() {
  return {"x25519", "secp256r1"};
}

std::optional<std::string> unknown_group(const std::vector<std::string>& groups) {
  const std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>> scratch{SSL_CTX_new(TLS_method())};
  if (!scratch) throw std::bad_alloc{};
  for (const std::string& group : groups) {
    if (!is_name(group) || !take_list(scratch.get(), {group})) return group;
  }
  return std::nullopt;
}

bool offer_groups(SSL_CTX* context, const std::vector<std::string>& groups) {
  return take_list(context, groups.empty() ? usual_groups() : groups);
}

std::string agreed_group(SSL* ssl) {
  const int id = static_cast<int>(SSL_get_negotiated_group(ssl));
  const char* const name = id == 0 ? nullptr : SSL_group_to_name(ssl, id);
  return name == nullptr ? std::string{} : std::string{name};
}

}  // namespace muxlab::tls
