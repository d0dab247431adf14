#include "common/net/event_loop.h"

#include <event2/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

namespace muxlab::net {
namespace {

// Up to the next microsecond: a call that came early would find nothing due.
timeval timeval_of(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const auto rest = std::chrono::ceil<std::chrono::microseconds>(duration - seconds);
  return {.tv_sec = seconds.count(), .tv_usec = rest.count()};
}

// libevent's own timers are as coarse as its poll without this flag.
event_base* make_base() {
  event_config* config = event_config_new();
  event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
  event_base* base = event_base_new_with_config(config);
  event_config_free(config);
  return base;
}

}  // namespace

struct Watch::Registration {
  EventLoop& loop;
  std::function<void()> call;
  event* handle = nullptr;
  timeval interval{};  // zero: a descriptor
  bool enabled = false;

  ~Registration() {
    if (handle != nullptr) event_free(handle);
  }

  void enable() {
    if (enabled) return;
    enabled = true;
    const bool timed = interval.tv_sec != 0 || interval.tv_usec != 0;
    event_add(handle, timed ? &interval : nullptr);
  }

  void enable_after(Duration wait) {
    const timeval time = timeval_of(wait);
    enabled = true;
    event_add(handle, &time);
  }

  void disable() {
    if (!enabled) return;
    enabled = false;
    event_del(handle);
  }

  static void fire(int, short, void* argument) {
    auto& registration = *static_cast<Registration*>(argument);
    registration.loop.now_ = EventLoop::read_clock();
    registration.call();
  }
};

Watch::Watch() = default;
Watch::~Watch() = default;
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&&) noexcept = default;
void Watch::enable() {
  registration_->enable();
}
void Watch::disable() {
  registration_->disable();
}

void Watch::enable_at(Instant when) {
  registration_->enable_after(std::max(when - registration_->loop.now(), Duration::zero()));
}

Instant EventLoop::read_clock() {
  return Instant{std::chrono::steady_clock::now().time_since_epoch()};
}

void EventLoop::FreeBase::operator()(event_base* base) const {
  event_base_free(base);
}

EventLoop::EventLoop()
    : base_(make_base()),
      wake_descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      now_(read_clock()) {
  assert(base_ != nullptr && wake_descriptor_ >= 0);
}

EventLoop::~EventLoop() {
  wake_watch_ = {};
  close(wake_descriptor_);
}

Watch EventLoop::watch(int descriptor, Readiness readiness, std::function<void()> ready) {
  Watch watch;
  watch.registration_.reset(new Watch::Registration{*this, std::move(ready)});
  Watch::Registration& registration = *watch.registration_;
  const int what = (readiness == Readiness::readable ? EV_READ : EV_WRITE) | EV_PERSIST;
  registration.handle = event_new(base_.get(), descriptor, static_cast<short>(what),
                                  Watch::Registration::fire, &registration);
  registration.enable();
  return watch;
}

Watch EventLoop::every(Duration interval, std::function<void()> passed) {
  Watch watch;
  watch.registration_.reset(
      new Watch::Registration{*this, std::move(passed), nullptr, timeval_of(interval)});
  Watch::Registration& registration = *watch.registration_;
  registration.handle =
      event_new(base_.get(), -1, EV_PERSIST, Watch::Registration::fire, &registration);
  registration.enable();
  return watch;
}

Watch EventLoop::once(std::function<void()> due) {
  Watch watch;
  watch.registration_.reset(new Watch::Registration{*this, std::move(due)});
  Watch::Registration& registration = *watch.registration_;
  registration.handle = event_new(base_.get(), -1, 0, Watch::Registration::fire, &registration);
  return watch;
}

void EventLoop::on_wake(std::function<void()> woken) {
  wake_watch_ = watch(wake_descriptor_, Readiness::readable, [this, woken = std::move(woken)] {
    std::uint64_t count = 0;
    if (read(wake_descriptor_, &count, sizeof count) > 0) woken();
  });
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  // Fails only when 2^64 - 2 wakes are already waiting.
  [[maybe_unused]] const ssize_t written = write(wake_descriptor_, &one, sizeof one);
}

void EventLoop::run() {
  event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY);
}

void EventLoop::stop() {
  event_base_loopbreak(base_.get());
}

std::string libevent_library_version() {
  return event_get_version();
}

}  // namespace muxlab::net
