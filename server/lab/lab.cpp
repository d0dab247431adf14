#include "server/lab/lab.h"

#include <algorithm>
#include <chrono>

namespace muxlab::server::lab {
namespace {

// When the feed is behind it goes on so much later, unless the thread was too busy to come in time:
// then watchers wait for the next tick, and the lanes for nobody.
constexpr Duration feed_pause = 8ms;
constexpr Duration busy_from = 1ms;

WallTime wall_clock() {
  return std::chrono::system_clock::now();
}

}  // namespace

Lab::Lab(std::uint32_t seed) : runs(seed) {
  recorder.add_listener([this](const recording::SharedTrace& trace, tap::News news) {
    runs.heard(trace, news);
    metrics.heard(trace, news);
    feed.heard(trace, news);
  });
  recorder.divide_by([this](const trace::ConnectionTrace& trace, std::string_view path) {
    return runs.begins_chapter(trace, path);
  });
  lines.on_change([this](const std::string& lane, const std::string& client) {
    runs.line_changed(client, lane);
  });
  runs.on_change(
      [this](const recording::RunRecord& run, bool dropped) { run_changed(run, dropped); });
}

void Lab::show(const std::vector<Lane>& lanes) {
  lanes_.clear();
  for (const Lane& each : lanes) {
    if (each.name == console_lane().name) console_port_ = each.port;
    if (!each.in_lab) continue;
    lanes_.push_back(each);
    lines.set_lane(each.name, each.line);
  }
}

const Lane* Lab::lane(std::string_view name) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [name](const Lane& each) { return each.name == name; });
  return found == lanes_.end() ? nullptr : &*found;
}

void Lab::start(net::EventLoop& loop, line::Driver::Turn turn, Drain drain, Cut cut) {
  loop_ = &loop;
  turn_ = std::move(turn);
  cut_ = std::move(cut);
  lines.start(loop, turn_, std::move(drain));
  feed.start([this](std::uint64_t connection) { wake_soon(connection); }, loop.now());
  feeder_ = loop.once([this] {
    const Instant at = loop_->now();
    if (at > feed_due_ + busy_from) return;
    feed.advance(at);
    feed_on();
  });
  waker_ = loop.once([this] {
    for (const std::uint64_t connection : std::exchange(to_wake_, {})) {
      turn_(connection, loop_->now());
    }
  });
}

Admission Lab::admit(std::string_view lane_name, std::string_view address,
                     std::uint64_t connection) {
  Admission admission;
  const Lane* const found = lane(lane_name);
  if (found != nullptr && found->tap) {
    admission.observer = &recorder.begin(connection, found->name);
  }
  admission.seat = lines.seat(lane_name, address, connection, admission.observer);
  if (admission.seat.refused) {
    recorder.left(connection);
    admission.observer = nullptr;
    return admission;
  }
  if (admission.seat.line != nullptr) recorder.on_a_line(connection);
  admission.tickets =
      tickets_.epochs_for(std::string{lane_name}, line::Lines::client_at(address), wall_clock());
  return admission;
}

void Lab::left(std::uint64_t connection) {
  lines.left(connection);
  recorder.left(connection);
}

void Lab::advance(Instant now) {
  runs.advance(now);
  feed.advance(now);
  feed_on();
  recorder.advance();
}

void Lab::feed_on() {
  if (!feed.is_behind()) return;
  feed_due_ = loop_->now() + feed_pause;
  feeder_->enable_at(feed_due_);
}

std::pair<const recording::RunRecord*, const recording::RunRecord*> Lab::begin_run(
    const recording::RunWish& wish) {
  const WallTime wall = wall_clock();
  if (!wish.warm) {
    runs.replace_waiting(wish.client, wish.lane, now());
    end_old(wish.lane, wish.client);
    lines.forget_lateness(wish.client, wish.lane);
    return {&runs.begin(wish, now(), wall), nullptr};
  }
  recording::RunWish before = wish;
  before.warm = false;
  before.warm_up = true;
  const recording::RunRecord* const warm_up = &runs.begin(std::move(before), now(), wall);
  return {&runs.begin(wish, now(), wall), warm_up};
}

// At once and not by a drain, whose GOAWAY would take its time on the line: the load that begins
// now would come before it.
void Lab::end_old(const std::string& lane, const std::string& client) {
  tickets_.refuse_older(lane, client, wall_clock());
  for (const std::uint64_t connection : cut_(lane, client)) {
    recorder.ended(connection, "the next load begins cold", loop_->now());
  }
}

// How late a line is, is its runs' own: counted anew when one begins alone. A cold one has begun
// before its first request.
void Lab::run_changed(const recording::RunRecord& run, bool dropped) {
  const std::string& client = run.wish.client;
  const std::string& lane = run.wish.lane;
  const bool cold = !run.wish.warm && !run.wish.warm_up;
  if (run.state == recording::RunState::running && !dropped && !cold) {
    if (runs.running(client, lane) == &run) lines.forget_lateness(client, lane);
  }
  if (run.state == recording::RunState::ended && !dropped) {
    const auto line = lines.state_of(client, lane);
    if (line && line->lateness.samples > 0) {
      runs.lateness(run.facts.id, line->lateness.p50, line->lateness.p99);
    }
  }
  feed.run_changed(run, dropped);
}

std::string Lab::metrics_text() const {
  metrics::LabFigures figures;
  lines.visit([&figures](const std::string& lane, const std::string& client,
                         const line::Lateness& lateness) {
    if (lateness.samples > 0) figures.lines.push_back({lane, client, lateness});
  });
  figures.runs_begun = runs.begun();
  figures.runs_dropped = runs.dropped();
  figures.runs_open = static_cast<std::size_t>(
      std::count_if(runs.all().begin(), runs.all().end(),
                    [](const auto& run) { return run->state != recording::RunState::ended; }));
  figures.watchers = feed.watchers();
  figures.lost_events = feed.lost();
  figures.limits = {{"watchers", feed.refused()}};
  if (workers_) figures.workers = workers_();
  return metrics.text(figures);
}

void Lab::wake_soon(std::uint64_t connection) {
  if (std::find(to_wake_.begin(), to_wake_.end(), connection) == to_wake_.end()) {
    to_wake_.push_back(connection);
  }
  waker_->enable_at(loop_->now());
}

}  // namespace muxlab::server::lab
