// The keys that seal session tickets, and their file, by which several processes resume each
// other's sessions: a line a key, the newest first, 160 hex digits each. The first key seals; the
// others still open what they sealed, and its client gets a new ticket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "common/base/result.h"

struct ssl_ctx_st;

namespace muxlab::tls {

// 80 bytes, in this order: what `openssl rand -hex 80` prints is one.
struct TicketKey {
  std::array<std::uint8_t, 16> name;            // stands in the ticket, in clear
  std::array<std::uint8_t, 32> authentication;  // HMAC with SHA-256
  std::array<std::uint8_t, 32> encryption;      // AES-256 in CBC mode
};

struct TicketKeys {
  std::vector<TicketKey> newest_first;  // at least one

  // One, known to nobody else.
  static TicketKeys random();
};

// A ticket is good for two hours (OpenSSL's default). With a new key every hour or seldomer, the
// two before it open all that are.
inline constexpr std::size_t kept_ticket_keys = 3;

// A file written by other hands may hold more; each is compared with a ticket's name.
inline constexpr std::size_t most_ticket_keys = 16;

// Fails with one line that names the file and the cure: missing, readable by others than its owner
// (whoever has it can read and forge what its tickets protect), or not of the form above. Empty
// lines and lines that begin with "#" do not count.
Result<TicketKeys> read_ticket_keys(const std::filesystem::path& file);

// Puts a new key in front of those in `file`, of which so many stay that there are kept_ticket_keys
// at most; makes the file when it is missing, for its owner alone. Gives how many it has now. What
// is there and is no ticket file is never replaced.
Result<std::size_t> rotate_ticket_keys(const std::filesystem::path& file);

// Sessions of `context` are sealed with these from now on. False when the library refuses.
bool use_ticket_keys(ssl_ctx_st* context, const TicketKeys& keys);

}  // namespace muxlab::tls
