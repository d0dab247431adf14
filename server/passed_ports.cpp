#include "server/passed_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace muxlab::server {
namespace {

// What stands there when a socket unit says nothing: its own name, or of tools without units
// "unknown" (sd_listen_fds_with_names(3)).
bool is_chosen(std::string_view name) {
  return !name.empty() && name != "unknown" && !name.ends_with(".socket");
}

std::string place_of(const net::Listener& listener) {
  return fmt::format("{} port {}", listener.address().host, listener.address().port);
}

}  // namespace

Result<PassedPorts> PassedPorts::adopt(std::vector<net::PassedSocket> sockets) {
  PassedPorts all;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    net::PassedSocket& socket = sockets[i];
    auto listener = net::Listener::adopt(std::move(socket.descriptor));
    if (!listener.ok()) {
      return Failure{fmt::format("socket {} of {} that were passed (\"{}\") {}", i + 1,
                                 sockets.size(), socket.name, listener.failure().message)};
    }
    all.ports_.push_back({is_chosen(socket.name) ? std::move(socket.name) : std::string{},
                          std::move(listener.value())});
  }
  return all;
}

Result<std::vector<net::Listener>> PassedPorts::take(std::string_view name,
                                                     configuration::PortChoice choice) {
  std::vector<net::Listener> taken;
  if (choice.kind == configuration::PortChoice::Kind::off) return taken;
  const auto is_other = [&](const Port& port) {
    const bool by_number = port.name.empty() &&
                           choice.kind == configuration::PortChoice::Kind::fixed &&
                           port.listener.address().port == choice.number;
    return port.name != name && !by_number;
  };
  const auto first = std::stable_partition(ports_.begin(), ports_.end(), is_other);
  for (auto port = first; port != ports_.end(); ++port) taken.push_back(std::move(port->listener));
  ports_.erase(first, ports_.end());
  for (const net::Listener& each : taken) {
    if (each.address().port == taken.front().address().port) continue;
    return Failure{fmt::format("{} is one port, and two were passed for it: {} and {}", name,
                               place_of(taken.front()), place_of(each))};
  }
  return taken;
}

Status PassedPorts::check_all_taken() const {
  if (ports_.empty()) return Done{};
  const Port& first = ports_.front();
  const std::string place = place_of(first.listener);
  if (first.name.empty()) {
    return Failure{
        fmt::format("the socket that was passed for {} is for no port here; configure "
                    "one, or name it in the socket unit (FileDescriptorName=site)",
                    place)};
  }
  return Failure{
      fmt::format("the socket that was passed for {} is named \"{}\", and no port here "
                  "is; there are site, plain, console and the lanes that are on",
                  place, first.name)};
}

std::vector<std::string> PassedPorts::addresses() const {
  std::vector<std::string> all;
  for (const Port& port : ports_) {
    const std::string& host = port.listener.address().host;
    if (std::find(all.begin(), all.end(), host) == all.end()) all.push_back(host);
  }
  return all;
}

}  // namespace muxlab::server
