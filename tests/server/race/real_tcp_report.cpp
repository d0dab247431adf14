// Loads every cell of real-tcp.csv and prints a line of JSON for each as it is done, then one of
// the verdicts: real_tcp_report LOADS, as often where there is loss. script/compare-line builds and
// runs it, and makes a table and a picture of that.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/server/race/real_tcp.h"

namespace muxlab::test {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Spread& spread) {
  return {{"q1_ms", spread.first_quartile_ms},
          {"median_ms", spread.median_ms},
          {"q3_ms", spread.third_quartile_ms}};
}

Json json_of(const ComparedCell& compared) {
  const RealCell& cell = compared.cell;
  return {{"cell", cell.key},
          {"rtt_ms", milliseconds(cell.line.rtt)},
          {"down_bps", cell.line.down_bps.value_or(0)},
          {"loss_percent", cell.loss_percent},
          {"page", cell.page},
          {"way", name_of(cell.way)},
          {"measured", json_of(cell.measured)},
          {"simulated", json_of(compared.simulated)},
          {"excess", compared.excess()},
          {"tolerance", compared.tolerance()},
          {"near", compared.is_near()},
          {"packets", compared.packets}};
}

Json json_of(const Verdict& verdict) {
  return {{"conditions", verdict.conditions},
          {"h2_was_faster", verdict.h2_was_faster},
          {"h2_seems_faster", verdict.h2_seems_faster}};
}

// All cells, shared out among threads; each thread has its own loader, and they share only this.
class Report {
 public:
  Report(std::vector<RealCell> cells, std::size_t loads)
      : cells_(std::move(cells)), loads_(loads) {}

  bool run() {
    say(Json{{"cells", cells_.size()}, {"loads", loads_}});
    const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> workers;
    for (unsigned nth = 0; nth < threads; ++nth) workers.emplace_back(&Report::load_some, this);
    workers.clear();  // joins them
    if (failed_) return false;
    Json found = Json::array();
    for (const Verdict& verdict : verdicts(compared_)) found.push_back(json_of(verdict));
    say(Json{{"verdicts", std::move(found)}});
    return true;
  }

 private:
  void load_some() {
    try {
      RealCellLoader loader;
      for (std::size_t next = next_++; next < cells_.size() && !failed_; next = next_++) {
        auto compared = loader.load(cells_[next], loads_);
        if (!compared.ok()) return fail(compared.failure().message);
        take(std::move(compared.value()));
      }
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  void take(ComparedCell compared) {
    const std::lock_guard lock(mutex_);
    say(json_of(compared));
    compared_.push_back(std::move(compared));
  }

  void fail(const std::string& why) {
    failed_ = true;
    std::fprintf(stderr, "real_tcp_report: %s\n", why.c_str());
  }

  static void say(const Json& json) {
    std::puts(json.dump().c_str());
    std::fflush(stdout);
  }

  const std::vector<RealCell> cells_;
  const std::size_t loads_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::vector<ComparedCell> compared_;
};

}  // namespace
}  // namespace muxlab::test

int main(int count, char** words) {
  const unsigned long loads = count == 2 ? std::strtoul(words[1], nullptr, 10) : 0;
  if (loads == 0) {
    std::fprintf(stderr, "usage: real_tcp_report LOADS\n");
    return 2;
  }
  auto cells = muxlab::test::read_real_cells();
  if (!cells.ok()) {
    std::fprintf(stderr, "real_tcp_report: %s\n", cells.failure().message.c_str());
    return 1;
  }
  return muxlab::test::Report{std::move(cells.value()), loads}.run() ? 0 : 1;
}
