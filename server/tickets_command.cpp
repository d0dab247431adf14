#include <fmt/format.h>

#include "common/tls/ticket_keys.h"
#include "server/commands.h"
#include "server/say.h"

namespace muxlab::server {

int rotate_tickets(const configuration::TicketsSettings& settings) {
  const auto rotated = tls::rotate_ticket_keys(settings.file);
  if (!rotated.ok()) {
    say(rotated.failure().message);
    return 1;
  }
  const std::size_t old = rotated.value() - 1;
  fmt::print("{}: a new key, and {} that still open{} old tickets\n", settings.file.string(), old,
             old == 1 ? "s" : "");
  fmt::print("Copy it to every machine that shares it; then, on each: kill -HUP $(pidof muxlab)\n");
  return 0;
}

}  // namespace muxlab::server
