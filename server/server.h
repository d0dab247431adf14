// The whole server: its workers, each on a thread of its own, with the ports they serve and what
// stands behind them. Assembled once from a configuration; a reload renews what can be renewed.
// Called from one thread alone, the program's first.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "server/assembly.h"
#include "server/configuration/configuration.h"
#include "server/ready_report.h"
#include "server/worker.h"

namespace muxlab::server {

class Server {
 public:
  // Reads the files, makes missing certificates, opens every port that was not passed. A failure is
  // one line with its cure.
  static Result<Server> assemble(const configuration::Configuration& configuration,
                                 PassedPorts passed, const std::string& version);

  const ReadyReport& report() const { return report_; }

  void start();

  // Takes over `next` for connections accepted once this has returned, and its site for every
  // request; no connection is dropped. What fails changes nothing.
  Status reload(const configuration::Configuration& next);

  // The same access log anew, under its name: the file may have been moved away.
  Status reopen_log();

  // Reads the site's folder again if something in it has changed. A failure is told once.
  Status reload_edited_site();

  // What the site in force has to be said of and was not said yet.
  std::vector<std::string> take_remarks();

  // Takes no new connection, finishes what is in flight (10 s at most), and returns when all is
  // still.
  void drain();

 private:
  // A worker, and what of it a reload has to reach; the handlers are the worker's.
  struct Post {
    std::unique_ptr<Worker> worker;
    site::Site* site;
    lab::api::Console* console;
    lab::Lab* lab;
  };

  Server(const configuration::Configuration& configuration, const Assembly& assembly,
         ReadyReport report, std::vector<Crew> crews);

  // Calls `task` with the index of each post on its worker's thread, and waits until all have
  // returned.
  void on_every_worker(const std::function<void(std::size_t)>& task);

  configuration::Configuration configuration_;  // in force
  ReadyReport report_;
  Credentials credentials_;
  std::shared_ptr<const site::SiteContent> site_;
  std::shared_ptr<const site::SiteContent> remarked_;  // whose remarks were taken last
  std::string site_trouble_;  // what was last told of it; empty: all is well
  std::vector<Post> posts_;
  std::vector<std::vector<std::string>> port_names_;  // of each
  std::vector<std::jthread> threads_;
};

}  // namespace muxlab::server
