// Loads every cell that was measured, with the same draws, and prints a line of JSON for each as it
// is done, then one of the verdicts. With a word, only the cells whose name has it in it:
// real_tcp_report [WORD]. script/compare-line builds and runs it, and makes a table and a picture
// of that.
#include <algorithm>
#include <atomic>
#include <cstdio>
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
          {"queue_packets", cell.line.queue_packets},
          {"rtt_ms", milliseconds(cell.line.rtt)},
          {"down_bps", cell.line.down_bps.value_or(0)},
          {"loss_percent", cell.loss_percent},
          {"page", cell.page},
          {"way", name_of(cell.way)},
          {"congestion_control", link::name_of(cell.line.congestion_control)},
          {"loads", cell.loads},
          {"measured", json_of(cell.measured)},
          {"simulated", json_of(compared.simulated)},
          {"took_ms", compared.took_ms},
          {"excess", compared.excess()},
          {"tolerance", ComparedCell::tolerance},
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
  explicit Report(std::vector<RealCell> cells) : cells_(std::move(cells)) {}

  bool run() {
    say(Json{{"cells", cells_.size()}});
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
        auto compared = loader.load(cells_[next]);
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
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::vector<ComparedCell> compared_;
};

}  // namespace
}  // namespace muxlab::test

int main(int count, char** words) {
  if (count > 2) {
    std::fprintf(stderr, "usage: real_tcp_report [WORD]\n");
    return 2;
  }
  auto cells = muxlab::test::read_real_cells();
  if (!cells.ok()) {
    std::fprintf(stderr, "real_tcp_report: %s\n", cells.failure().message.c_str());
    return 1;
  }
  if (count == 2) {
    std::erase_if(cells.value(), [&words](const muxlab::test::RealCell& cell) {
      return cell.key.find(words[1]) == std::string::npos;
    });
  }
  return muxlab::test::Report{std::move(cells.value())}.run() ? 0 : 1;
}
