// The whole server: its workers, each on a thread of its own, with the ports they serve and what
// stands behind them. Assembled once from the settings; nothing of it changes while it runs.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "server/lab/lane.h"
#include "server/ready_report.h"
#include "server/settings.h"
#include "server/worker.h"

namespace muxlab::server {

class Server {
 public:
  // Reads the files, makes missing certificates, opens every port. A failure is one line with its
  // cure.
  static Result<Server> assemble(const ServeSettings& settings, const std::string& version);

  const ReadyReport& report() const { return report_; }

  void start();

  // Takes no new connection, finishes what is in flight (10 s at most), and returns when all is
  // still.
  void drain();

 private:
  Server(ReadyReport report, std::vector<WorkerPlan> plans);

  ReadyReport report_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
};

}  // namespace muxlab::server
