// The simulated line is held against measured TCP, load by load with the draws that the measured
// one had. Of the cells with loss these are a part: every second of Reno's conditions and every
// third of CUBIC's, without every second cell of h1close, whose loads are 100 TLS handshakes and
// more. script/compare-line loads the whole. The tests ask for one less than they find, as
// signatures, and with them the sizes of packets, differ a little from run to run.
#include "tests/server/race/real_tcp.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using link::CongestionControl;

std::vector<RealCell> cells_with(link::CongestionControl congestion_control, double loss_percent) {
  auto cells = read_real_cells();
  if (!cells.ok()) {
    ADD_FAILURE() << cells.failure().message;
    return {};
  }
  std::erase_if(cells.value(), [&](const RealCell& cell) {
    return cell.loss_percent != loss_percent ||
           cell.line.congestion_control != congestion_control || cell.line.queue_packets != 100;
  });
  return std::move(cells.value());
}

// Of every `nth` line and page all ways, but for every second h1close.
std::vector<RealCell> some_of(std::vector<RealCell> cells, std::size_t nth) {
  std::vector<std::string> met;
  std::size_t dear = 0;
  std::erase_if(cells, [&](const RealCell& cell) {
    if (met.empty() || met.back() != cell.conditions) met.push_back(cell.conditions);
    if (met.size() % nth != 1) return true;
    return cell.way == RealWay::h1close && ++dear % 2 == 0;
  });
  return cells;
}

std::vector<ComparedCell> loaded(const std::vector<RealCell>& cells) {
  RealCellLoader loader;
  std::vector<ComparedCell> compared;
  for (const RealCell& cell : cells) {
    auto each = loader.load(cell);
    if (!each.ok()) {
      ADD_FAILURE() << each.failure().message;
    } else {
      compared.push_back(std::move(each.value()));
    }
  }
  return compared;
}

std::ptrdiff_t near_ones(const std::vector<ComparedCell>& cells) {
  return std::count_if(cells.begin(), cells.end(),
                       [](const ComparedCell& each) { return each.is_near(); });
}

// The cells that are off, for whoever reads a failure.
std::string off(const std::vector<ComparedCell>& cells) {
  std::string text;
  for (const ComparedCell& each : cells) {
    if (each.is_near()) continue;
    text += fmt::format("{}: {:.0f} ms, measured {:.0f}\n", each.cell.key, each.simulated.median_ms,
                        each.cell.measured.median_ms);
  }
  return text;
}

void expect_the_faster_way_to_be_right(const std::vector<ComparedCell>& cells) {
  for (const Verdict& each : verdicts(cells)) EXPECT_TRUE(each.is_right()) << each.conditions;
}

TEST(RealTcp, WithoutLossIsMetWithinATenthInNineCellsOfTen) {
  const auto cells = loaded(cells_with(CongestionControl::reno, 0));
  ASSERT_EQ(cells.size(), 50u);
  EXPECT_GE(near_ones(cells), 46) << off(cells);
  expect_the_faster_way_to_be_right(cells);
}

TEST(RealTcp, AtOnePercentLossIsMetWithinATenth) {
  const auto cells = loaded(some_of(cells_with(CongestionControl::reno, 1), 2));
  ASSERT_EQ(cells.size(), 28u);
  EXPECT_GE(near_ones(cells), 26) << off(cells);
  expect_the_faster_way_to_be_right(cells);
}

TEST(RealTcp, AtTwoPercentLossIsMetWithinATenth) {
  const auto cells = loaded(some_of(cells_with(CongestionControl::reno, 2), 2));
  ASSERT_EQ(cells.size(), 28u);
  EXPECT_GE(near_ones(cells), 23) << off(cells);
  expect_the_faster_way_to_be_right(cells);
}

TEST(RealTcp, CubicWithLossIsMetWithinATenth) {
  const auto one = loaded(some_of(cells_with(CongestionControl::cubic, 1), 3));
  const auto two = loaded(some_of(cells_with(CongestionControl::cubic, 2), 3));
  ASSERT_EQ(one.size() + two.size(), 8u);
  EXPECT_GE(near_ones(one) + near_ones(two), 5) << off(one) << off(two);
}

}  // namespace
}  // namespace muxlab::test
