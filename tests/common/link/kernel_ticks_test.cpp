// The kernel's clock of 250 ticks a second and its wheel of timers, by arithmetic and as seen on
// Linux 6.18 at 250 Hz (2026-11-29): a SYN that is lost was sent again 1007 to 1026 ms later, and
// the next time, from a slot's edge, after 1024 ms.
#include "common/link/kernel_ticks.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using link::in_ticks;
using link::tick_of;
using link::timer_fires;

TEST(KernelTicks, ATickIsFourMilliseconds) {
  EXPECT_EQ(tick_of(Instant{} + 7'999us), Instant{} + 4ms);
  EXPECT_EQ(tick_of(Instant{} + 8ms), Instant{} + 8ms);
  EXPECT_EQ(tick_of(Instant{} - 1ms), Instant{} - 4ms);
  EXPECT_EQ(in_ticks(0ms), 0ms);
  EXPECT_EQ(in_ticks(8ms), 8ms);
  EXPECT_EQ(in_ticks(8'001us), 12ms);
}

TEST(KernelTicks, AShortTimerFiresWithTheTickBehindItsOwn) {
  EXPECT_EQ(timer_fires(Instant{} + 8ms, 40ms), Instant{} + 8ms + 44ms);
  EXPECT_EQ(timer_fires(Instant{} + 11ms, 40ms), Instant{} + 8ms + 44ms);
  // 62 ticks are the longest such wait.
  EXPECT_EQ(timer_fires(Instant{}, 248ms), Instant{} + 252ms);
}

// Slots of 8, 64 and 512 ticks: 32, 256 and 2048 ms.
TEST(KernelTicks, ALongTimerFiresWithTheSlotBehindItsOwn) {
  EXPECT_EQ(timer_fires(Instant{}, 252ms), Instant{} + 8 * 32ms);
  EXPECT_EQ(timer_fires(Instant{}, 280ms), Instant{} + 9 * 32ms);
  EXPECT_EQ(timer_fires(Instant{} + 8ms, 280ms), Instant{} + 10 * 32ms);
  EXPECT_EQ(timer_fires(Instant{}, 1s), Instant{} + 1024ms);
  EXPECT_EQ(timer_fires(Instant{} + 1024ms, 1s), Instant{} + 2048ms);
  EXPECT_EQ(timer_fires(Instant{}, 3s), Instant{} + 12 * 256ms);
  EXPECT_EQ(timer_fires(Instant{}, 20s), Instant{} + 10 * 2048ms);
}

}  // namespace
}  // namespace muxlab::test
