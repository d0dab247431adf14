#include "tests/server/race/real_tcp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "common/http/service.h"
#include "common/link/draw.h"
#include "common/tls/certificate.h"
#include "server/race/virtual_load.h"
#include "tests/support/scratch_folder.h"

namespace muxlab::test {
namespace {

using server::race::Host;
using server::race::LoadOutcome;
using server::race::VirtualLoad;

// --- Reading the cells

// The columns, in the file's order.
enum Column : std::size_t {
  congestion_control,
  rtt_ms,
  down_mbit,
  up_mbit,
  loss_pct,
  queue_packets,
  page,
  way,
  loads,
  min_ms,
  q1_ms,
  median_ms,
  q3_ms,
  max_ms,
  columns
};

constexpr std::size_t kilobyte = 1024;

std::vector<std::string> split(const std::string& row) {
  std::vector<std::string> values(1);
  for (const char c : row) {
    if (c == ',') {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<RealWay> way_named(std::string_view name) {
  for (const RealWay each : {RealWay::h1close, RealWay::h1ka1, RealWay::h1ka6, RealWay::h2}) {
    if (name == name_of(each)) return each;
  }
  return std::nullopt;
}

// "100x10K": so many objects of so many kilobytes.
bool read_page(std::string_view text, RealCell& cell) {
  const std::size_t cross = text.find('x');
  if (cross == text.npos || !text.ends_with('K')) return false;
  const auto objects = number<std::size_t>(text.substr(0, cross));
  const auto size = number<std::size_t>(text.substr(cross + 1, text.size() - cross - 2));
  cell.page = text;
  cell.objects = objects.value_or(0);
  cell.object_bytes = size.value_or(0) * kilobyte;
  return objects && size;
}

bool read_spread(const std::vector<std::string>& values, Spread& spread) {
  const auto first = number<double>(values[q1_ms]);
  const auto median = number<double>(values[median_ms]);
  const auto third = number<double>(values[q3_ms]);
  if (!first || !median || !third) return false;
  spread = {.first_quartile_ms = *first, .median_ms = *median, .third_quartile_ms = *third};
  return true;
}

Result<RealCell> read_cell(const std::string& row) {
  const std::vector<std::string> values = split(row);
  if (values.size() != columns) return Failure{row + ": has not all columns"};
  RealCell cell;
  cell.conditions = fmt::format("{}", fmt::join(values.begin(), values.begin() + way, ","));
  cell.key = cell.conditions + ',' + values[way];
  const auto line = link::parse_line(fmt::format(
      "rtt={}ms,down={}mbit,up={}mbit,loss={}%,queue={},cc={}", values[rtt_ms], values[down_mbit],
      values[up_mbit], values[loss_pct], values[queue_packets], values[congestion_control]));
  if (!line.ok()) return Failure{fmt::format("{}: {}", row, line.failure().message)};
  cell.line = line.value();
  const auto loss = number<double>(values[loss_pct]);
  const auto times = number<std::size_t>(values[loads]);
  const auto named_way = way_named(values[way]);
  if (!loss || !times || *times == 0 || !named_way || !read_page(values[page], cell) ||
      !read_spread(values, cell.measured)) {
    return Failure{row + ": can't be read"};
  }
  cell.loss_percent = *loss;
  cell.loads = *times;
  cell.way = *named_way;
  return cell;
}

// --- Loading them

constexpr std::size_t index_bytes = 4 * kilobyte;

// nginx 1.22 encodes an answer's fields for HTTP/2 anew each time, 118 bytes of them for such a
// file (seen in a trace of the measured link, 2026-11-29), where our HPACK remembers what it said
// before. So many hexadecimal digits that are never the same make up for it.
constexpr std::size_t unlike_digits = 112;

// "/10240": so many bytes, with the fields that nginx has for a file.
class PlainFiles final : public http::Handler {
 public:
  explicit PlainFiles(std::size_t digits) : digits_(digits) {}

  void answer(const http::Request& request, http::Responder& responder) override {
    const std::size_t size = number<std::size_t>(request.path().substr(1)).value_or(0);
    auto& content = contents_[size];
    if (!content) content = std::make_shared<const std::string>(size, 'x');
    http::Response response;
    response.headers = {{"content-type", "application/octet-stream"},
                        {"last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"},
                        {"etag", "\"67a-1234\""},
                        {"accept-ranges", "bytes"}};
    if (digits_ > 0) response.headers.add("x-unlike", unlike());
    response.content_length = size;
    response.body = std::make_unique<http::SharedBody>(content);
    responder.respond(std::move(response));
  }

 private:
  std::string unlike() {
    std::string text;
    while (text.size() < digits_) text += fmt::format("{:016x}", link::mixed(++unlike_));
    text.resize(digits_);
    return text;
  }

  std::map<std::size_t, std::shared_ptr<const std::string>> contents_;
  std::size_t digits_;
  std::uint64_t unlike_ = 0;
};

client::PagePlan plan_of(const RealCell& cell) {
  client::PagePlan plan{.index = fmt::format("/{}", index_bytes), .objects = {}};
  for (std::size_t nth = 1; nth <= cell.objects; ++nth) {
    plan.objects.push_back({.path = fmt::format("/{}?nth={}", cell.object_bytes, nth)});
  }
  return plan;
}

client::Way client_way(RealWay way) {
  if (way == RealWay::h2) {
    return {.protocol = Protocol::http2, .connections = 1, .one_by_one = true};
  }
  return {.protocol = Protocol::http11,
          .connections = way == RealWay::h1ka1 ? 1u : 6u,
          .binds_early = true};
}

// A client on one thread opens its connections one after another: to start a handshake took libcurl
// some such time. How long it is does not matter, from 0.1 to 4 ms; that it is not nothing does, as
// six connections in perfect step lose packets that measured ones did not.
constexpr Duration opening_takes = 1ms;

server::dispatch::Rules rules_of(RealWay way) {
  server::dispatch::Rules rules;
  if (way == RealWay::h2) {
    rules.http2.emplace().endpoint.max_concurrent_streams = 128;  // nginx's
  } else {
    rules.http1.emplace().keep_alive = way != RealWay::h1close;
  }
  return rules;
}

Spread spread_of(std::vector<double> took_ms) {
  std::sort(took_ms.begin(), took_ms.end());
  const std::size_t count = took_ms.size();
  return {.first_quartile_ms = took_ms[count / 4],
          .median_ms = took_ms[count / 2],
          .third_quartile_ms = took_ms[count * 3 / 4]};
}

template <typename Value>
Value or_throw(Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.failure().message);
  return std::move(result.value());
}

}  // namespace

std::string_view name_of(RealWay way) {
  switch (way) {
    case RealWay::h1close:
      return "h1close";
    case RealWay::h1ka1:
      return "h1ka1";
    case RealWay::h1ka6:
      return "h1ka6";
    case RealWay::h2:
      return "h2";
  }
  return {};
}

Result<std::vector<RealCell>> read_real_cells() {
  std::vector<RealCell> cells;
  for (const char* name : {"real-tcp.csv", "real-tcp-cubic.csv", "real-tcp-queues.csv"}) {
    const std::string path = fmt::format("{}/{}", MUXLAB_REAL_TCP, name);
    std::ifstream in(path);
    std::string row;
    if (!std::getline(in, row)) return Failure{path + ": can't be read"};
    while (std::getline(in, row)) {
      auto cell = read_cell(row);
      if (!cell.ok()) return cell.failure();
      cells.push_back(std::move(cell.value()));
    }
  }
  return cells;
}

bool ComparedCell::is_near() const {
  return std::abs(excess()) <= tolerance;
}

std::vector<Verdict> verdicts(const std::vector<ComparedCell>& cells) {
  constexpr double least_difference = 1.05;
  std::vector<Verdict> found;
  for (const ComparedCell& h2 : cells) {
    if (h2.cell.way != RealWay::h2) continue;
    const auto six = std::find_if(cells.begin(), cells.end(), [&](const ComparedCell& other) {
      return other.cell.way == RealWay::h1ka6 && other.cell.conditions == h2.cell.conditions;
    });
    if (six == cells.end()) continue;
    const auto [less, more] = std::minmax(h2.cell.measured.median_ms, six->cell.measured.median_ms);
    if (more / less <= least_difference) continue;
    found.push_back({.conditions = h2.cell.conditions,
                     .h2_was_faster = h2.cell.measured.median_ms < six->cell.measured.median_ms,
                     .h2_seems_faster = h2.simulated.median_ms < six->simulated.median_ms});
  }
  return found;
}

struct RealCellLoader::Ends {
  struct Identities {
    tls::ServerIdentity server;
    tls::ClientIdentity client;
  };

  Identities speaking(const std::string& protocol) const {
    return {
        .server = or_throw(tls::ServerIdentity::load(certificates.server, certificates.server_key,
                                                     {protocol}, tls::TicketKeys::random())),
        .client = or_throw(tls::ClientIdentity::make(std::nullopt, {protocol}))};
  }

  Result<LoadOutcome> load(const RealCell& cell, const Identities& identities, std::size_t nth);

  ScratchFolder folder;
  tls::CertificateFiles certificates =
      or_throw(tls::ensure_certificates(folder.path(), {}, std::chrono::system_clock::now()));
  http::DateStamp date{std::chrono::sys_seconds{}};
  PlainFiles files_over_http1{0};
  PlainFiles files_over_http2{unlike_digits};
  http::Service service_over_http1{files_over_http1, date};
  http::Service service_over_http2{files_over_http2, date};
  Identities http1 = speaking("http/1.1");
  Identities http2 = speaking("h2");
};

RealCellLoader::RealCellLoader() : ends_(std::make_unique<Ends>()) {}
RealCellLoader::~RealCellLoader() = default;

Result<LoadOutcome> RealCellLoader::Ends::load(const RealCell& cell, const Identities& identities,
                                               std::size_t nth) {
  const server::dispatch::Rules rules = rules_of(cell.way);
  link::LineProfile line = cell.line;
  line.seed = nth;
  const http::Service& service = cell.way == RealWay::h2 ? service_over_http2 : service_over_http1;
  VirtualLoad load(Host{.service = service, .rules = rules, .identity = &identities.server},
                   {.plan = plan_of(cell),
                    .way = client_way(cell.way),
                    .identity = &identities.client,
                    .opening_takes = opening_takes,
                    .writes_records = true},
                   line, link::Chance::of_each_turn);
  LoadOutcome outcome = load.run();
  if (outcome.complete.ok()) return outcome;
  return Failure{fmt::format("{}, load {}: {}", cell.key, nth, outcome.complete.failure().message)};
}

Result<ComparedCell> RealCellLoader::load(const RealCell& cell) {
  const Ends::Identities& identities = cell.way == RealWay::h2 ? ends_->http2 : ends_->http1;
  ComparedCell compared{.cell = cell, .simulated = {}, .took_ms = {}};
  for (std::size_t nth = 1; nth <= (cell.has_loss() ? cell.loads : 1); ++nth) {
    const auto outcome = ends_->load(cell, identities, nth);
    if (!outcome.ok()) return outcome.failure();
    compared.took_ms.push_back(milliseconds(outcome.value().took));
    compared.packets += outcome.value().packets;
  }
  compared.simulated = spread_of(compared.took_ms);
  return compared;
}

}  // namespace muxlab::test
