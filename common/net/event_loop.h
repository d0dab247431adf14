// One thread's loop: calls back when a descriptor is ready, when time has passed, when another
// thread woke it. The only home of libevent. Owns its watches' registrations; knows nothing of what
// they mean.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/time.h"

struct event;
struct event_base;

namespace muxlab::net {

enum class Readiness { readable, writable };

// A registration with a loop; ends with the object. Must not outlive its loop, nor be ended by its
// own call.
class Watch {
 public:
  Watch();
  ~Watch();
  Watch(Watch&&) noexcept;
  Watch& operator=(Watch&&) noexcept;

  // Stops and resumes the calls; cheap when nothing changes.
  void enable();
  void disable();
  // Of a watch that once() made: calls at `when`, or at the next turn if that has passed. Anew each
  // time.
  void enable_at(Instant when);

 private:
  friend class EventLoop;
  struct Registration;
  std::unique_ptr<Registration> registration_;
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The monotonic clock as it was read when this turn of the loop began, or when the loop was made.
  Instant now() const { return now_; }

  // The monotonic clock as it is now, for whoever measures how late things are.
  static Instant read_clock();

  // Calls while `descriptor` is ready, once a turn. The watch starts enabled.
  Watch watch(int descriptor, Readiness readiness, std::function<void()> ready);

  // Calls every `interval`, at the earliest.
  Watch every(Duration interval, std::function<void()> passed);

  // Calls once, each time it is enabled with enable_at(). Precise to a fraction of a millisecond.
  Watch once(std::function<void()> due);

  // Calls on this loop's thread after wake() was called, from any thread; calls may be merged.
  void on_wake(std::function<void()> woken);
  void wake();

  void run();   // until stop()
  void stop();  // from this loop's thread

 private:
  struct FreeBase {
    void operator()(event_base* base) const;
  };
  friend struct Watch::Registration;

  std::unique_ptr<event_base, FreeBase> base_;
  int wake_descriptor_;
  Watch wake_watch_;
  Instant now_;
};

// The linked library's version, "2.1.12-stable".
std::string libevent_library_version();

}  // namespace muxlab::net
