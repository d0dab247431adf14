#include "server/line/lines.h"

#include <gtest/gtest.h>

#include <vector>

namespace muxlab::server::line {
namespace {

void turn(std::uint64_t, Instant) {}
void drain(const std::string&, const std::string&) {}

TEST(Lines, AConnectionTooManyIsRefusedAndForgotten) {
  net::EventLoop loop;
  Lines lines;
  lines.set_lane("h1", link::parse_line("rtt=100ms").value());
  lines.start(loop, turn, drain);
  std::vector<Seat> seats;
  for (std::uint64_t id = 1; id <= most_connections_a_line; ++id) {
    seats.push_back(lines.seat("h1", "127.0.0.1", id));
    ASSERT_FALSE(seats.back().refused);
  }
  const std::uint64_t one_more = most_connections_a_line + 1;
  EXPECT_TRUE(lines.seat("h1", "::1", one_more).refused);
  EXPECT_EQ(lines.drop_next(one_more, 1), DropOutcome::no_such_connection);

  seats.pop_back();
  lines.left(most_connections_a_line);
  EXPECT_FALSE(lines.seat("h1", "127.0.0.1", one_more).refused);
}

TEST(Lines, ADirectConnectionIsKnownAndNothingOfItCanBeLost) {
  net::EventLoop loop;
  Lines lines;
  lines.set_lane("h1", std::nullopt);
  lines.start(loop, turn, drain);
  EXPECT_EQ(lines.seat("h1", "127.0.0.1", 7).line, nullptr);
  EXPECT_EQ(lines.drop_next(7, 1), DropOutcome::not_on_a_line);
  lines.left(7);
  EXPECT_EQ(lines.drop_next(7, 1), DropOutcome::no_such_connection);
}

}  // namespace
}  // namespace muxlab::server::line
