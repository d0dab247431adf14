#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "common/net/event_loop.h"
#include "common/net/passed_sockets.h"
#include "common/net/service_manager.h"
#include "server/commands.h"
#include "server/listened_names.h"
#include "server/passed_ports.h"
#include "server/say.h"
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

// A folder that is wrong all over need not fill the screen.
constexpr std::size_t most_remarks = 20;

void say_remarks(Server& server) {
  const std::vector<std::string> remarks = server.take_remarks();
  const std::size_t said = std::min(remarks.size(), most_remarks);
  for (std::size_t i = 0; i < said; ++i) say(remarks[i]);
  if (said < remarks.size()) say(fmt::format("and {} more like these", remarks.size() - said));
}

// A manager that can't be told is no reason to stop serving.
void say_if_untold(const Status& told) {
  if (!told.ok()) say(told.failure().message);
}

// What the server is to do, and who wants to know of it. The same for the whole run.
struct Order {
  const configuration::ServeSettings& settings;
  std::vector<std::string> passed_addresses;  // where the ports listen that were passed
  net::ServiceManager manager;

  // What is in force now. Clients know the server by the addresses of passed ports too.
  Result<configuration::Configuration> configuration() const {
    Result<configuration::Configuration> all = configuration::configuration_of(settings);
    if (!all.ok()) return all;
    std::vector<std::string>& names = all.value().host_names.all;
    for (std::string& name : listened_names(passed_addresses)) names.push_back(std::move(name));
    return all;
  }
};

// Whatever is wrong, the server goes on as it was, with its log open under its name.
void reload(Server& server, const Order& order) {
  const Result<configuration::Configuration> next = order.configuration();
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

void serve_until_told_to_end(Server& server, Signals& signals, const Order& order) {
  for (;;) {
    switch (signals.wait()) {
      case Signals::Asked::nothing:
        look_for_edits(server);
        break;
      case Signals::Asked::reload:
        say_if_untold(order.manager.tell_reloading(net::EventLoop::read_clock()));
        reload(server, order);
        say_if_untold(order.manager.tell_ready());
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

int serve(const configuration::ServeSettings& settings, const std::string& version) {
  raise_descriptor_limit();
  Signals signals;
  auto sockets = net::take_passed_sockets();
  if (!sockets.ok()) return refuse(sockets.failure());
  Result<PassedPorts> passed = PassedPorts::adopt(std::move(sockets.value()));
  if (!passed.ok()) return refuse(passed.failure());
  const Order order{settings, passed.value().addresses(),
                    net::ServiceManager::take_from_environment()};
  const Result<configuration::Configuration> configuration = order.configuration();
  if (!configuration.ok()) return refuse(configuration.failure());
  Result<Server> server =
      Server::assemble(configuration.value(), std::move(passed.value()), version);
  if (!server.ok()) return refuse(server.failure());
  server.value().start();
  say_remarks(server.value());
  print_ready(server.value().report(), settings.json);
  say_if_untold(order.manager.tell_ready());
  serve_until_told_to_end(server.value(), signals, order);
  say_if_untold(order.manager.tell_stopping());
  server.value().drain();
  return 0;
}

}  // namespace muxlab::server
