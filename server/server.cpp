#include "server/server.h"

#include <algorithm>
#include <iterator>
#include <latch>
#include <utility>

#include "server/reload.h"

namespace muxlab::server {

Result<Server> Server::assemble(const configuration::Configuration& configuration,
                                PassedPorts passed, const std::string& version) {
  Result<Assembly> begun = Assembly::begin(configuration, std::move(passed));
  if (!begun.ok()) return begun.failure();
  Assembly& assembly = begun.value();
  if (Status opened = assembly.open_site(); !opened.ok()) return opened.failure();
  if (Status opened = assembly.open_lab(); !opened.ok()) return opened.failure();
  Result<std::vector<Crew>> crews = assembly.take_crews();
  if (!crews.ok()) return crews.failure();
  ReadyReport report{.version = version,
                     .authority = assembly.credentials().authority,
                     .certificate = assembly.credentials().summary(),
                     .addresses = configuration.addresses,
                     .names = known_names(configuration),
                     .endpoints = assembly.endpoints(),
                     .page = configuration.root.empty() ? "mosaic/" : ""};
  return Server{configuration, assembly, std::move(report), std::move(crews.value())};
}

Server::Server(const configuration::Configuration& configuration, const Assembly& assembly,
               ReadyReport report, std::vector<Crew> crews)
    : configuration_(configuration),
      report_(std::move(report)),
      credentials_(assembly.credentials()),
      site_(assembly.site()) {
  for (Crew& crew : crews) {
    port_names_.push_back(std::move(crew.ports));
    posts_.push_back(
        {std::make_unique<Worker>(std::move(crew.plan)), crew.site, crew.console, crew.lab});
  }
}

void Server::start() {
  for (const Post& post : posts_) {
    threads_.emplace_back([worker = post.worker.get()] { worker->run(); });
  }
}

Status Server::reload(const configuration::Configuration& next) {
  if (Status kept = check_reloadable(configuration_, next); !kept.ok()) return kept;
  Result<Renewal> prepared =
      Renewal::prepare(next, credentials_.own_tickets, port_names_, report_.endpoints);
  if (!prepared.ok()) return prepared.failure();
  Renewal& renewal = prepared.value();
  on_every_worker([&](std::size_t i) {
    Post& post = posts_[i];
    post.worker->replace_log(std::move(renewal.logs[i]));
    post.worker->renew(std::move(renewal.terms[i]));
    post.site->replace(renewal.site);
    if (post.console != nullptr) post.console->show(renewal.endpoints);
    if (post.lab == nullptr) return;
    post.lab->show(renewal.endpoints);
    post.lab->names = renewal.credentials.own_names(next);
  });
  credentials_ = std::move(renewal.credentials);
  site_ = std::move(renewal.site);
  report_.endpoints = std::move(renewal.endpoints);
  configuration_ = next;
  return Done{};
}

Status Server::reopen_log() {
  auto logs = open_logs(configuration_, posts_.size());
  if (!logs.ok()) return logs.failure();
  on_every_worker(
      [&](std::size_t i) { posts_[i].worker->replace_log(std::move(logs.value()[i])); });
  return Done{};
}

Status Server::reload_edited_site() {
  const auto content = site::reload_if_changed(site_);
  if (!content.ok()) {
    if (content.failure().message == site_trouble_) return Done{};
    site_trouble_ = content.failure().message;
    return content.failure();
  }
  site_trouble_.clear();
  if (content.value() == site_) return Done{};
  site_ = content.value();
  on_every_worker([this](std::size_t i) { posts_[i].site->replace(site_); });
  return Done{};
}

std::vector<std::string> Server::take_remarks() {
  std::vector<std::string> fresh;
  if (site_ == remarked_) return fresh;
  const std::vector<std::string> before = remarked_ ? remarked_->remarks : fresh;
  std::set_difference(site_->remarks.begin(), site_->remarks.end(), before.begin(), before.end(),
                      std::back_inserter(fresh));
  remarked_ = site_;
  return fresh;
}

void Server::on_every_worker(const std::function<void(std::size_t)>& task) {
  std::latch done{static_cast<std::ptrdiff_t>(posts_.size())};
  for (std::size_t i = 0; i < posts_.size(); ++i) {
    posts_[i].worker->post([&task, &done, i] {
      task(i);
      done.count_down();
    });
  }
  done.wait();
}

void Server::drain() {
  for (const Post& post : posts_) {
    post.worker->post([site = post.site, console = post.console] {
      site->begin_drain();
      if (console != nullptr) console->begin_drain();
    });
    post.worker->drain();
  }
  threads_.clear();  // joins
}

}  // namespace muxlab::server
