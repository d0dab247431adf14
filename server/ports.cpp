#include "server/ports.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace muxlab::server {
namespace {

using net::Address;
using net::Listener;

// How many free ports are tried before one is free at every address.
constexpr int free_port_attempts = 20;

bool has_ipv6_loopback() {
  return Listener::open({"::1", 0}, Listener::Sharing::exclusive).ok();
}

// Nobody listens there: SO_REUSEPORT alone would let a second muxlab in beside the first,
// unnoticed.
Status check_unused(const Address& address) {
  Result<Listener> alone = Listener::open(address, Listener::Sharing::exclusive);
  if (!alone.ok()) return alone.failure();
  return Done{};
}

Result<TakenPort> take_number(const std::vector<std::string>& addresses, std::uint16_t number,
                              unsigned workers) {
  TakenPort taken;
  taken.number = number;
  for (const std::string& host : addresses) {
    if (Status unused = check_unused({host, number}); !unused.ok()) return unused.failure();
  }
  for (unsigned worker = 0; worker < workers; ++worker) {
    taken.by_worker.emplace_back();
    for (const std::string& host : addresses) {
      Result<Listener> listener = Listener::open({host, number}, Listener::Sharing::shared);
      if (!listener.ok()) return listener.failure();
      taken.by_worker.back().push_back(std::move(listener.value()));
    }
  }
  return taken;
}

Result<TakenPort> take_any(const std::vector<std::string>& addresses, unsigned workers) {
  std::optional<Failure> last;
  for (int attempt = 0; attempt < free_port_attempts; ++attempt) {
    Result<Listener> free = Listener::open({addresses.front(), 0}, Listener::Sharing::exclusive);
    if (!free.ok()) return free.failure();
    const std::uint16_t number = free.value().address().port;
    free.value().close();
    Result<TakenPort> taken = take_number(addresses, number, workers);
    if (taken.ok()) return taken;
    last = taken.failure();
  }
  return *last;
}

}  // namespace

std::vector<std::string> addresses_or_loopback(const std::vector<std::string>& given) {
  if (!given.empty()) return given;
  std::vector<std::string> loopback{"127.0.0.1"};
  if (has_ipv6_loopback()) loopback.emplace_back("::1");
  return loopback;
}

Result<TakenPort> take_port(const std::vector<std::string>& addresses,
                            configuration::PortChoice choice, unsigned workers,
                            const std::string& cure) {
  Result<TakenPort> taken = choice.kind == configuration::PortChoice::Kind::any
                                ? take_any(addresses, workers)
                                : take_number(addresses, choice.number, workers);
  if (taken.ok()) return taken;
  return Failure{fmt::format("{}; {}", taken.failure().message, cure)};
}

Result<TakenPort> share_port(std::vector<Listener> passed, unsigned workers) {
  TakenPort taken;
  taken.number = passed.front().address().port;
  for (unsigned worker = 1; worker < workers; ++worker) {
    taken.by_worker.emplace_back();
    for (const Listener& each : passed) {
      Result<Listener> shared = each.share();
      if (!shared.ok()) return shared.failure();
      taken.by_worker.back().push_back(std::move(shared.value()));
    }
  }
  taken.by_worker.push_back(std::move(passed));
  return taken;
}

Status check_addresses(const std::vector<std::string>& addresses) {
  for (const std::string& host : addresses) {
    const auto listener = Listener::open({host, 0}, Listener::Sharing::exclusive);
    if (listener.ok()) continue;
    return Failure{fmt::format("{}; choose another with --address", listener.failure().message)};
  }
  return Done{};
}

}  // namespace muxlab::server
