#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "server/commands.h"
#include "server/server.h"

namespace muxlab::server {
namespace {

// A connection is a descriptor: take all that the system grants.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The signals that end the server. Blocked in every thread, so that only wait() sees them; the
// first one drains, and a second one then ends the program at once, as the system does by default.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a log's reader may leave
  }

  void wait() {
    int received = 0;
    sigwait(&signals_, &received);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }

 private:
  sigset_t signals_;
};

void print_ready(const ReadyReport& report, bool json) {
  const std::string text = json ? as_json(report) : as_text(report, wants_colour());
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

int serve(const ServeSettings& settings, const std::string& version) {
  raise_descriptor_limit();
  EndSignals end_signals;
  Result<Server> server = Server::assemble(settings, version);
  if (!server.ok()) {
    fmt::print(stderr, "muxlab: {}\n", server.failure().message);
    return 1;
  }
  server.value().start();
  print_ready(server.value().report(), settings.json);
  end_signals.wait();
  server.value().drain();
  return 0;
}

}  // namespace muxlab::server
