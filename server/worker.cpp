#include "server/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "common/tls/plain_channel.h"
#include "server/say.h"

namespace muxlab::server {
namespace {

std::chrono::sys_seconds wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

Worker::Worker(WorkerPlan plan)
    : date_(wall_clock()),
      lab_(std::move(plan.lab)),
      handlers_(std::move(plan.handlers)),
      access_log_(std::move(plan.access_log)),
      frame_log_(std::move(plan.frame_log)),
      counts_(std::move(plan.counts)),
      exchange_log_([this](const http::FinishedExchange& exchange) {
        if (access_log_) access_log_->add(exchange);
      }),
      next_id_(plan.first_id),
      id_step_(plan.id_step),
      refusals_(say) {
  if (lab_) start_lab();
  for (PortPlan& port : plan.ports) open_port(std::move(port));
  tick_watch_ = loop_.every(coarse_tick, [this] { tick(); });
  loop_.on_wake([this] {
    run_posted();
    if (drain_asked_) begin_drain();
  });
}

void Worker::start_lab() {
  if (frame_log_) {
    lab_->recorder.add_listener([this](const recording::SharedTrace& trace, tap::News news) {
      frame_log_->heard(trace, news);
    });
  }
  lab_->start(
      loop_,
      [this](std::uint64_t id, Instant now) {
        const auto found = connections_.find(id);
        if (found != connections_.end()) found->second.connection->turn(now);
      },
      [this](const std::string& lane, const std::string& client) {
        for (const auto& [id, accepted] : connections_) {
          const bool theirs =
              accepted.port->lane == lane && line::Lines::client_at(accepted.client) == client;
          if (theirs) accepted.connection->shut_down();
        }
      },
      [this](const std::string& lane, const std::string& client) {
        std::vector<std::uint64_t> cut;
        for (const auto& [id, accepted] : connections_) {
          const bool theirs =
              accepted.port->lane == lane && line::Lines::client_at(accepted.client) == client;
          if (!theirs || accepted.connection->over()) continue;
          accepted.connection->cut();
          cut.push_back(id);
        }
        return cut;
      });
}

void Worker::open_port(PortPlan plan) {
  auto terms = terms_for(*plan.handler, std::move(plan.terms));
  ports_.push_back(std::make_unique<Port>(
      Port{std::move(plan.listeners), *plan.handler, std::move(plan.lane), std::move(terms)}));
  Port& port = *ports_.back();
  for (net::Listener& listener : port.listeners) {
    listener.start(loop_,
                   [this, &port](net::Accepted accepted) { accept(port, std::move(accepted)); });
  }
}

std::shared_ptr<const Worker::Terms> Worker::terms_for(http::Handler& handler,
                                                       PortTerms terms) const {
  const http::ExchangeLog* log = access_log_ ? &exchange_log_ : nullptr;
  auto made =
      std::make_shared<Terms>(Terms{std::move(terms), http::Service{handler, date_, log}, nullptr});
  made->choose = dispatch::chooser(made->service, made->terms.rules);
  return made;
}

void Worker::renew(std::vector<PortTerms> terms) {
  assert(terms.size() == ports_.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    ports_[i]->terms = terms_for(ports_[i]->handler, std::move(terms[i]));
  }
}

void Worker::replace_log(std::optional<logs::AccessLog> log) {
  if (access_log_) access_log_->flush();
  access_log_ = std::move(log);
}

void Worker::post(std::function<void()> task) {
  {
    const std::lock_guard guard{posted_mutex_};
    posted_.push_back(std::move(task));
  }
  loop_.wake();
}

void Worker::run_posted() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard guard{posted_mutex_};
    tasks.swap(posted_);
  }
  for (const auto& task : tasks) task();
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
  if (!port.terms->terms.balancers.empty()) return await_header(id, port, std::move(accepted));
  serve(id, port, port.terms, std::move(accepted), Caller::client);
}

void Worker::await_header(std::uint64_t id, const Port& port, net::Accepted accepted) {
  const auto& balancers = port.terms->terms.balancers;
  const bool trusted = std::any_of(
      balancers.begin(), balancers.end(),
      [&accepted](const net::AddressRange& each) { return each.contains(accepted.peer.host); });
  if (!trusted) return refuse(port, accepted.peer, "it is not from /proxy_protocol/from");
  auto arrival = std::make_unique<Arrival>(loop_, std::move(accepted), [this, id] { settle(id); });
  arriving_.emplace(id, Arriving{port.terms, &port, std::move(arrival)});
}

void Worker::settle(std::uint64_t id) {
  settled_.push_back(id);
  Arriving& arriving = arriving_.at(id);
  Arrival& arrival = *arriving.arrival;
  switch (arrival.state()) {
    case Arrival::State::waiting:
    case Arrival::State::left:
      return;
    case Arrival::State::refused:
      return refuse(*arriving.port, arrival.peer(), arrival.fault());
    case Arrival::State::known:
      break;
  }
  const Caller caller = arrival.header().local ? Caller::balancer : Caller::client;
  serve(id, *arriving.port, std::move(arriving.terms), arrival.take(), caller);
}

void Worker::refuse(const Port& port, const net::Address& peer, std::string_view why) {
  refusals_.add(fmt::format("a connection from {} to port {} was closed: {}", peer.host,
                            port.listeners.front().address().port, why),
                loop_.now());
}

void Worker::serve(std::uint64_t id, const Port& port, std::shared_ptr<const Terms> terms,
                   net::Accepted accepted, Caller caller) {
  lab::Admission admission;
  if (!port.lane.empty() && caller == Caller::client) {
    admission = lab_->admit(port.lane, accepted.peer.host, id);
  }
  line::Seat& seat = admission.seat;
  if (seat.refused) return;
  if (!seat.link) seat.link = std::make_unique<link::DirectLink>();

  std::unique_ptr<tls::Channel> channel = terms->terms.identity
                                              ? terms->terms.identity->accept(admission.tickets)
                                              : std::make_unique<tls::PlainChannel>();
  ConnectionFacts facts{.id = id,
                        .client_address = accepted.peer.host,
                        .client_port = accepted.peer.port,
                        .local_address = accepted.local.host,
                        .local_port = port.listeners.front().address().port,
                        .tls = std::nullopt};
  auto connection = std::make_unique<connection::Connection>(
      std::move(channel), std::move(facts), terms->choose, terms->terms.limits, loop_.now(),
      std::move(seat.link), admission.observer);
  auto served =
      std::make_unique<ServedConnection>(loop_, std::move(accepted.socket), std::move(connection),
                                         seat.line, scratch_, [this, id] { ended_.push_back(id); });
  if (counts_) counts_->accepted();
  connections_.emplace(
      id, Accepted{std::move(terms), &port, std::move(accepted.peer.host), std::move(served)});
}

void Worker::tick() {
  date_.set(wall_clock());
  for (const auto& [id, arriving] : arriving_) arriving.arrival->advance(loop_.now());
  refusals_.advance(loop_.now());
  for (const auto& [id, accepted] : connections_) accepted.connection->advance();
  if (drain_deadline_ && loop_.now() >= *drain_deadline_) connections_.clear();
  remove_ended();
  if (access_log_) access_log_->flush();
  if (lab_) lab_->advance(loop_.now());
  if (frame_log_) frame_log_->advance();
  stop_when_drained();
}

void Worker::begin_drain() {
  if (drain_deadline_) return;
  drain_deadline_ = loop_.now() + drain_timeout;
  for (const auto& port : ports_) {
    for (net::Listener& listener : port->listeners) listener.close();
  }
  arriving_.clear();  // they have asked for nothing yet
  for (const auto& [id, accepted] : connections_) accepted.connection->shut_down();
  remove_ended();
  stop_when_drained();
}

void Worker::remove_ended() {
  for (const std::uint64_t id : settled_) arriving_.erase(id);
  settled_.clear();
  for (const std::uint64_t id : ended_) {
    if (connections_.erase(id) > 0 && counts_) counts_->closed();
    if (lab_) lab_->left(id);
  }
  ended_.clear();
}

void Worker::stop_when_drained() {
  if (!drain_deadline_ || !connections_.empty()) return;
  if (access_log_) access_log_->flush();
  loop_.stop();
}

}  // namespace muxlab::server
