#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/printable.h"
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

// How soon an edit of the site's files is noticed.
constexpr timespec look_interval{.tv_sec = 1, .tv_nsec = 0};

// The signals that are meant for the server. Blocked in every thread, so that only wait() sees
// them. The first that ends the server drains it, and a second one then ends the program at once,
// as the system does by default.
class Signals {
 public:
  enum class Asked { nothing, reload, end };

  Signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGHUP, SIG_DFL);   // nohup ignores it, and what is ignored can't be waited for
    std::signal(SIGPIPE, SIG_IGN);  // a log's reader may leave
  }

  // The next one; `nothing` if none comes within look_interval.
  Asked wait() {
    const int received = sigtimedwait(&signals_, nullptr, &look_interval);
    if (received < 0) return Asked::nothing;
    if (received == SIGHUP) return Asked::reload;
    sigdelset(&signals_, SIGHUP);  // too late for that, and no reason to die
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    return Asked::end;
  }

 private:
  sigset_t signals_;
};

void print_ready(const ReadyReport& report, bool json) {
  const std::string text = json ? as_json(report) : as_text(report, wants_colour());
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// For people, on standard error: file names and the like may hold anything.
void say(std::string_view what) {
  fmt::print(stderr, "muxlab: {}\n", printable(what));
}

// A folder that is wrong all over need not fill the screen.
constexpr std::size_t most_remarks = 20;

void say_remarks(Server& server) {
  const std::vector<std::string> remarks = server.take_remarks();
  const std::size_t said = std::min(remarks.size(), most_remarks);
  for (std::size_t i = 0; i < said; ++i) say(remarks[i]);
  if (said < remarks.size()) say(fmt::format("and {} more like these", remarks.size() - said));
}

// Whatever is wrong, the server goes on as it was, with its log open under its name.
void reload(Server& server, const ServeSettings& settings) {
  const Result<Configuration> next = configuration_of(settings);
  const Status reloaded = next.ok() ? server.reload(next.value()) : Status{next.failure()};
  if (reloaded.ok()) {
    say("reloaded");
    say_remarks(server);
    return;
  }
  say("not reloaded: " + reloaded.failure().message);
  if (const Status reopened = server.reopen_log(); !reopened.ok()) say(reopened.failure().message);
}

void look_for_edits(Server& server) {
  const Status looked = server.reload_edited_site();
  if (!looked.ok()) say(looked.failure().message);
  say_remarks(server);
}

void serve_until_told_to_end(Server& server, Signals& signals, const ServeSettings& settings) {
  for (;;) {
    switch (signals.wait()) {
      case Signals::Asked::nothing:
        look_for_edits(server);
        break;
      case Signals::Asked::reload:
        reload(server, settings);
        break;
      case Signals::Asked::end:
        return;
    }
  }
}

int refuse(const Failure& failure) {
  say(failure.message);
  return 1;
}

}  // namespace

int serve(const ServeSettings& settings, const std::string& version) {
  raise_descriptor_limit();
  Signals signals;
  const Result<Configuration> configuration = configuration_of(settings);
  if (!configuration.ok()) return refuse(configuration.failure());
  Result<Server> server = Server::assemble(configuration.value(), version);
  if (!server.ok()) return refuse(server.failure());
  server.value().start();
  say_remarks(server.value());
  print_ready(server.value().report(), settings.json);
  serve_until_told_to_end(server.value(), signals, settings);
  server.value().drain();
  return 0;
}

}  // namespace muxlab::server
