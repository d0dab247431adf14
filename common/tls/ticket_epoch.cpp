#include "common/tls/ticket_epoch.h"

#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "common/base/bytes.h"

namespace muxlab::tls {
namespace {

void free_epochs(void*, void* epochs, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<TicketEpochs*>(epochs);
}

int epochs_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_epochs);
  return slot;
}

TicketEpochs epochs_of(SSL* ssl) {
  const auto* const epochs = static_cast<const TicketEpochs*>(SSL_get_ex_data(ssl, epochs_slot()));
  return epochs == nullptr ? TicketEpochs{} : *epochs;
}

// Big-endian: other machines may read it.
using EpochBytes = std::array<std::uint8_t, sizeof(std::uint64_t)>;

int write_epoch(SSL* ssl, void*) {
  std::uint64_t issued = epochs_of(ssl).issued;
  EpochBytes bytes;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, issued >>= 8U) {
    *byte = static_cast<std::uint8_t>(issued);
  }
  return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), bytes.data(), bytes.size());
}

std::uint64_t epoch_in(SSL_SESSION* session) {
  void* data = nullptr;
  std::size_t size = 0;
  std::uint64_t issued = 0;
  const bool carried = SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1;
  if (!carried || size != sizeof issued) return issued;
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  for (const std::uint8_t byte : Bytes{bytes, size}) issued = issued << 8U | byte;
  return issued;
}

SSL_TICKET_RETURN check_epoch(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                              SSL_TICKET_STATUS status, void*) {
  const bool opened = status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW;
  // No ticket, or not one of ours: a full handshake, and a ticket for the next time.
  if (!opened || epoch_in(session) < epochs_of(ssl).oldest) return SSL_TICKET_RETURN_IGNORE_RENEW;
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

bool carry_ticket_epochs(SSL_CTX* context) {
  return SSL_CTX_set_session_ticket_cb(context, write_epoch, check_epoch, nullptr) == 1;
}

void set_ticket_epochs(SSL* ssl, TicketEpochs epochs) {
  auto owned = std::make_unique<TicketEpochs>(epochs);
  if (SSL_set_ex_data(ssl, epochs_slot(), owned.get()) == 1) owned.release();  // the SSL's now
}

}  // namespace muxlab::tls
