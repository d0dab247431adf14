// Session tickets that know when they were issued, by a number that only grows (an epoch), so that
// a server can refuse those from before: a page load that shall begin cold must not resume. Where
// processes share their ticket keys, their epochs must be of one scale.
#pragma once

#include <cstdint>

struct ssl_ctx_st;
struct ssl_st;

namespace muxlab::tls {

struct TicketEpochs {
  std::uint64_t issued = 0;  // what this connection's tickets carry
  std::uint64_t oldest = 0;  // a ticket from before is not taken: a full handshake follows
};

// Every ticket of `context` carries its connection's epoch. False when the library refuses.
bool carry_ticket_epochs(ssl_ctx_st* context);

// For one connection of such a context, before its handshake; without it both are 0.
void set_ticket_epochs(ssl_st* ssl, TicketEpochs epochs);

}  // namespace muxlab::tls
