// The simulated line against measured TCP. Reads the cells of real_tcp/real-tcp.csv, loads each in
// virtual time (the real sessions of both ends, real TLS, a simulated line), and says how near that
// came. Knows no test framework: the test holds what it finds, the report prints it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/link/line_profile.h"

namespace muxlab::test {

// How long the loads of one cell took.
struct Spread {
  double first_quartile_ms = 0;
  double median_ms = 0;
  double third_quartile_ms = 0;
};

// How a client uses the server: a new connection a request and six at once, keep-alive on one and
// on six connections, HTTP/2 on one.
enum class RealWay { h1close, h1ka1, h1ka6, h2 };
std::string_view name_of(RealWay way);

struct RealCell {
  std::string key;         // line, page and way: "reno,20,2,0.5,1.0,100,100x10K,h2"
  std::string conditions;  // line and page
  link::LineProfile line;
  double loss_percent = 0;
  std::string page;  // "100x10K"
  std::size_t objects = 0;
  std::size_t object_bytes = 0;
  RealWay way = RealWay::h2;
  std::size_t loads = 0;  // measured, each with a seed of its own: 1, 2 and so on
  Spread measured;

  bool has_loss() const { return loss_percent > 0; }
};

// All rows of the files in real_tcp, in their order. A failure names the row.
Result<std::vector<RealCell>> read_real_cells();

struct ComparedCell {
  RealCell cell;
  Spread simulated;
  std::vector<double> took_ms;  // each load, by its seed
  std::size_t packets = 0;      // simulated, in all loads

  // By how much of the measured median the simulated one is longer.
  double excess() const { return simulated.median_ms / cell.measured.median_ms - 1; }
  // Not further off than a tenth.
  static constexpr double tolerance = 0.10;
  bool is_near() const;
};

// Which was faster, six connections or HTTP/2, on the same line with the same page.
struct Verdict {
  std::string conditions;
  bool h2_was_faster;    // measured
  bool h2_seems_faster;  // simulated
  bool is_right() const { return h2_was_faster == h2_seems_faster; }
};

// Where both ways are among the cells and their measured medians differ by more than 5 %.
std::vector<Verdict> verdicts(const std::vector<ComparedCell>& cells);

// Loads cells. Owns the server's and the client's identity; one thread at a time.
class RealCellLoader {
 public:
  RealCellLoader();
  ~RealCellLoader();

  // Loads the cell as often as it was measured, with the same seeds and draws; once if it has no
  // loss. A failure says what did not arrive.
  Result<ComparedCell> load(const RealCell& cell);

 private:
  struct Ends;
  std::unique_ptr<Ends> ends_;
};

}  // namespace muxlab::test
