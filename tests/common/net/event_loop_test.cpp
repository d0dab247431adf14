#include "common/net/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

namespace muxlab::test {
namespace {

using net::EventLoop;
using net::Readiness;
using net::Watch;

struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends.data()), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  std::array<int, 2> ends{};
};

TEST(EventLoop, CallsWhileADescriptorIsReady) {
  EventLoop loop;
  Pipe pipe;
  int calls = 0;
  const Watch watch = loop.watch(pipe.ends[0], Readiness::readable, [&] {
    if (++calls == 3) loop.stop();  // nobody reads, so it stays ready
  });
  ASSERT_EQ(write(pipe.ends[1], "x", 1), 1);
  loop.run();
  EXPECT_EQ(calls, 3);
}

TEST(EventLoop, DoesNotCallADisabledWatch) {
  EventLoop loop;
  Pipe pipe;
  int calls = 0;
  Watch watch = loop.watch(pipe.ends[1], Readiness::writable, [&] { ++calls; });
  watch.disable();
  int ticks = 0;
  const Watch tick = loop.every(1ms, [&] {
    if (++ticks == 3) loop.stop();
  });
  loop.run();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(ticks, 3);
}

TEST(EventLoop, CallsOnceAtTheInstantAskedFor) {
  EventLoop loop;
  std::vector<Instant> calls;
  Watch alarm = loop.once([&] { calls.push_back(loop.now()); });
  const Instant due = loop.now() + 7ms;
  alarm.enable_at(due);
  Watch end = loop.once([&] { loop.stop(); });
  end.enable_at(due + 20ms);
  loop.run();

  ASSERT_EQ(calls.size(), 1U);
  EXPECT_GE(calls[0], due - 1ms);
}

TEST(EventLoop, IsWokenFromAnotherThread) {
  EventLoop loop;
  loop.on_wake([&] { loop.stop(); });
  std::jthread other{[&] { loop.wake(); }};
  loop.run();
}

TEST(EventLoop, KnowsTheTimeOfItsTurn) {
  EventLoop loop;
  const Instant before = loop.now();
  const Watch tick = loop.every(5ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_GE(loop.now() - before, 4ms);
}

}  // namespace
}  // namespace muxlab::test
