#include "common/tls/openssl_error.h"

#include <openssl/err.h>

#include <system_error>

namespace muxlab::tls {
namespace {

// An error by which one library says only that it heard of another's ("EC lib").
bool is_hearsay(unsigned long error) {
  return (ERR_GET_RFLAGS(error) & ERR_RFLAG_COMMON) != 0;
}

// The first is the cause, but TLS has the better words for it: "decryption failed or bad record
// mac" where the cipher says "cipher operation failed".
unsigned long most_telling_error() {
  const unsigned long first = ERR_get_error();
  for (unsigned long error = first; error != 0; error = ERR_get_error()) {
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && !is_hearsay(error)) return error;
  }
  return first;
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long error = most_telling_error();
  ERR_clear_error();
  if (error == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "error " + std::to_string(ERR_GET_REASON(error));
}

}  // namespace muxlab::tls
