#include "server/line/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace muxlab::server::line {
namespace {

constexpr std::string_view this_machine = "127.0.0.1";
constexpr std::string_view mapped_prefix = "::ffff:";  // RFC 4291 section 2.5.5.2

// A line on which nothing is simulated needs no simulation.
std::optional<link::LineProfile> worth_simulating(std::optional<link::LineProfile> line) {
  if (line && line->is_perfect()) return std::nullopt;
  return line;
}

}  // namespace

std::string Lines::client_at(std::string_view address) {
  if (address.starts_with(mapped_prefix)) address.remove_prefix(mapped_prefix.size());
  const bool loopback = address == "::1" || address.starts_with("127.");
  return std::string{loopback ? this_machine : address};
}

void Lines::set_lane(const std::string& name, std::optional<link::LineProfile> line) {
  Lane& lane = lanes_[name];
  lane.name = name;
  lane.line = worth_simulating(std::move(line));
  for (auto& [client_name, client] : lane.clients) {
    if (!client.own) change(lane, client_name, client, lane.line);
  }
}

void Lines::start(net::EventLoop& loop, Driver::Turn turn, Drain drain) {
  loop_ = &loop;
  turn_ = std::move(turn);
  drain_ = std::move(drain);
  for (auto& named : lanes_) {
    Lane& lane = named.second;
    lane.timer = loop.once([this, &lane] { run(lane); });
  }
}

Seat Lines::seat(std::string_view lane_name, std::string_view address, std::uint64_t connection,
                 ConnectionObserver* observer) {
  const auto found = lanes_.find(lane_name);
  if (found == lanes_.end()) return {};
  Lane& lane = found->second;
  Client* const client = client_of(lane, client_at(address));
  if (client == nullptr) return {.refused = true, .line = nullptr, .link = nullptr};
  const bool full = client->live && client->live->connections() >= most_connections_a_line;
  if (client->line && full) return {.refused = true, .line = nullptr, .link = nullptr};
  connections_[connection] = {&lane, client, client->line.has_value()};
  if (!client->line) return {};
  if (!client->live) {
    client->live = std::make_unique<Driver>(*loop_, *client->line, turn_,
                                            [&lane](const Driver& moved) { arm(lane, moved); });
  }
  client->live->catch_up(loop_->now());
  return {.refused = false,
          .line = client->live.get(),
          .link = client->live->connect(connection, observer)};
}

// Room for one more is made by forgetting a client that is not there and asked for nothing.
Lines::Client* Lines::client_of(Lane& lane, const std::string& name) {
  if (const auto found = lane.clients.find(name); found != lane.clients.end()) {
    return &found->second;
  }
  if (lane.clients.size() >= most_lines_a_lane) {
    const auto in_use = [this](const Client& client) {
      return std::any_of(connections_.begin(), connections_.end(),
                         [&client](const auto& each) { return each.second.client == &client; });
    };
    const auto idle = std::find_if(
        lane.clients.begin(), lane.clients.end(),
        [&in_use](const auto& each) { return !each.second.own && !in_use(each.second); });
    if (idle == lane.clients.end()) return nullptr;
    lane.clients.erase(idle);
  }
  Client& made = lane.clients[name];
  made.line = lane.line;
  return &made;
}

void Lines::left(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  Client& client = *found->second.client;
  connections_.erase(found);
  if (!client.live) return;
  client.live->left(connection);
  if (!client.line && client.live->connections() == 0) client.live.reset();
}

const Lines::Client* Lines::find(std::string_view address, std::string_view lane) const {
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return nullptr;
  const auto client = found->second.clients.find(client_at(address));
  return client == found->second.clients.end() ? nullptr : &client->second;
}

std::optional<link::LineProfile> Lines::line_of(std::string_view address,
                                                std::string_view lane) const {
  if (const Client* const client = find(address, lane)) return client->line;
  const auto found = lanes_.find(lane);
  return found == lanes_.end() ? std::nullopt : found->second.line;
}

std::optional<LineState> Lines::state_of(std::string_view address, std::string_view lane) const {
  const std::optional<link::LineProfile> line = line_of(address, lane);
  if (!line) return std::nullopt;
  const Client* const client = find(address, lane);
  if (client == nullptr || !client->live) return LineState{*line, 0, {}, true};
  const Lateness lateness = client->live->lateness();
  return LineState{*line, client->live->connections(), lateness, lateness.valid()};
}

void Lines::forget_lateness(std::string_view address, std::string_view lane) {
  const Client* const client = find(address, lane);
  if (client != nullptr && client->live) client->live->forget_lateness();
}

void Lines::visit(const Visitor& visitor) const {
  for (const auto& [name, lane] : lanes_) {
    for (const auto& [client_name, client] : lane.clients) {
      if (client.live) visitor(name, client_name, client.live->lateness());
    }
  }
}

Status Lines::set_line(std::string_view address, std::string_view lane_name,
                       std::optional<link::LineProfile> profile) {
  const auto found = lanes_.find(lane_name);
  assert(found != lanes_.end());
  Lane& lane = found->second;
  const std::string name = client_at(address);
  Client* const client = client_of(lane, name);
  if (client == nullptr) {
    return Failure{
        fmt::format("{} clients of lane {} have lines already", most_lines_a_lane, lane.name)};
  }
  client->own = true;
  change(lane, name, *client, worth_simulating(std::move(profile)));
  return Done{};
}

// Connections that are on a line stay on it, be it one without distance and limit from now on.
// Those that are direct can't get on one: they are ended, and the client's next ones will be on it.
void Lines::change(Lane& lane, const std::string& name, Client& client,
                   std::optional<link::LineProfile> line) {
  const bool had_line = client.line.has_value();
  const bool differs = client.line != line;
  client.line = std::move(line);
  if (client.live) {
    client.live->catch_up(loop_->now());
    client.live->change(client.line.value_or(link::LineProfile{}));
  }
  if (!had_line && client.line && drain_) drain_(lane.name, name);
  if (differs && changed_) changed_(lane.name, name);
}

DropOutcome Lines::drop_next(std::uint64_t connection, std::uint64_t segments) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return DropOutcome::no_such_connection;
  if (!found->second.on_a_line) return DropOutcome::not_on_a_line;
  found->second.client->live->drop_next(connection, segments);
  return DropOutcome::dropping;
}

void Lines::run(Lane& lane) {
  lane.timer_at.reset();
  for (auto& [name, client] : lane.clients) {
    if (client.live) client.live->catch_up(loop_->now());
  }
}

void Lines::arm(Lane& lane, const Driver& live) {
  const std::optional<Instant> next = live.next_event();
  if (!next || (lane.timer_at && *lane.timer_at <= *next)) return;
  lane.timer_at = next;
  lane.timer->enable_at(*next);
}

}  // namespace muxlab::server::line
