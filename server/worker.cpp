#include "server/worker.h"

#include <utility>

#include "common/tls/plain_channel.h"

namespace muxlab::server {
namespace {

// How fine the timeouts are, and how long a log line may wait to be written.
constexpr Duration tick_interval = 100ms;

std::chrono::sys_seconds wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

Worker::Worker(WorkerPlan plan)
    : date_(wall_clock()),
      handlers_(std::move(plan.handlers)),
      access_log_(std::move(plan.access_log)),
      exchange_log_([this](const http::FinishedExchange& exchange) { access_log_->add(exchange); }),
      next_id_(plan.first_id),
      id_step_(plan.id_step) {
  for (PortPlan& port : plan.ports) open_port(std::move(port));
  tick_watch_ = loop_.every(tick_interval, [this] { tick(); });
  loop_.on_wake([this] {
    if (drain_asked_) begin_drain();
  });
}

void Worker::open_port(PortPlan plan) {
  const http::ExchangeLog* log = access_log_ ? &exchange_log_ : nullptr;
  http::Service service{*plan.handler, date_, log};
  ports_.push_back(std::make_unique<Port>(Port{std::move(plan), service, {}}));
  Port& port = *ports_.back();
  port.choose = dispatch::chooser(port.service, port.plan.rules);
  for (net::Listener& listener : port.plan.listeners) {
    listener.start(loop_,
                   [this, &port](net::Accepted accepted) { accept(port, std::move(accepted)); });
  }
}

void Worker::run() {
  loop_.run();
}

void Worker::drain() {
  drain_asked_ = true;
  loop_.wake();
}

void Worker::accept(const Port& port, net::Accepted accepted) {
  remove_ended();
  const std::uint64_t id = next_id_;
  next_id_ += id_step_;
  std::unique_ptr<tls::Channel> channel =
      port.plan.identity ? port.plan.identity->accept() : std::make_unique<tls::PlainChannel>();
  ConnectionFacts facts{.id = id,
                        .client_address = std::move(accepted.peer.host),
                        .client_port = accepted.peer.port,
                        .local_port = port.plan.listeners.front().address().port,
                        .tls = std::nullopt};
  auto connection = std::make_unique<connection::Connection>(
      std::move(channel), std::move(facts), port.choose, connection::Limits{}, loop_.now());
  connections_[id] =
      std::make_unique<ServedConnection>(loop_, std::move(accepted.socket), std::move(connection),
                                         scratch_, [this, id] { ended_.push_back(id); });
}

void Worker::tick() {
  date_.set(wall_clock());
  for (const auto& [id, connection] : connections_) connection->advance();
  if (drain_deadline_ && loop_.now() >= *drain_deadline_) connections_.clear();
  remove_ended();
  if (access_log_) access_log_->flush();
  stop_when_drained();
}

void Worker::begin_drain() {
  if (drain_deadline_) return;
  drain_deadline_ = loop_.now() + drain_timeout;
  for (const auto& port : ports_) {
    for (net::Listener& listener : port->plan.listeners) listener.close();
  }
  for (const auto& [id, connection] : connections_) connection->shut_down();
  remove_ended();
  stop_when_drained();
}

void Worker::remove_ended() {
  for (const std::uint64_t id : ended_) connections_.erase(id);
  ended_.clear();
}

void Worker::stop_when_drained() {
  if (!drain_deadline_ || !connections_.empty()) return;
  if (access_log_) access_log_->flush();
  loop_.stop();
}

}  // namespace muxlab::server
