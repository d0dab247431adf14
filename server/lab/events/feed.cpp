#include "server/lab/events/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "common/net/event_loop.h"
#include "server/lab/events/json.h"
#include "server/lab/events/watcher.h"

namespace muxlab::server::lab::events {
namespace {

// What is noted at once and written later: whoever holds the trace keeps it from being forgotten.
// An event of a run is written at once, as it is rare and its record may be gone by then.
struct Heard {
  recording::SharedTrace trace;
  tap::News::What what;
  std::size_t index;
};
using Note = std::variant<Heard, WrittenEvent>;

// How many of a chapter's frames have been written, the connection's latest.
struct Progress {
  std::weak_ptr<const trace::ConnectionTrace> trace;
  std::size_t frames = 0;
};

// Ids grow from one start of the server to the next, so that none is taken for another's.
std::uint64_t first_id_at(Instant zero) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(zero.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since.count(), 1));
}

// 0: what is told concerns the whole connection.
std::uint32_t stream_of(const Heard& heard) {
  using What = tap::News::What;
  switch (heard.what) {
    case What::frame:
    case What::frame_landed:
      return heard.trace->frames[heard.index].stream;
    case What::request:
    case What::answered:
    case What::exchange_over:
      return heard.trace->exchanges[heard.index].stream;
    case What::opened:
    case What::secured:
    case What::segment_lost:
    case What::gave_up:
    case What::closed:
      return 0;
  }
  return 0;
}

// There is more to be said of it in news that follow.
bool follows_soon(const trace::Exchange& exchange) {
  return exchange.last_byte_landed || exchange.error;
}

}  // namespace

struct Feed::State {
  explicit State(const recording::Runs& the_runs) : runs(the_runs) {}

  const recording::Runs& runs;
  Wake wake;
  Instant zero;
  FeedView view;
  std::deque<Note> notes;
  std::uint64_t never_written = 0;  // and not told yet
  std::uint64_t lost = 0;           // never written, all together
  std::uint64_t refused = 0;
  std::unordered_map<std::uint64_t, Progress> progress;  // by connection
  bool awake = false;
  std::optional<Instant> alone_since;
  std::optional<Instant> next_heartbeat;

  void note(Note note);
  bool is_worth_noting(const trace::ConnectionTrace& trace, tap::News news) const;
  void write_notes();
  void write(const Heard& heard);
  void beat(Instant now);
  void sleep_when_alone(Instant now);
};

void Feed::State::note(Note note) {
  if (notes.size() >= most_unwritten_events) {
    notes.pop_front();
    ++never_written;
    ++lost;
  }
  notes.push_back(std::move(note));
}

// That a frame has landed is told only of one that was told without: else it says so itself.
bool Feed::State::is_worth_noting(const trace::ConnectionTrace& trace, tap::News news) const {
  if (news.what == tap::News::What::request || !news.kept) return false;
  if (news.what != tap::News::What::frame_landed) return true;
  const auto found = progress.find(trace.facts.id);
  return found != progress.end() && found->second.trace.lock().get() == &trace &&
         news.index < found->second.frames;
}

void Feed::State::write_notes() {
  if (never_written > 0) {
    const std::uint64_t count = std::exchange(never_written, 0);
    view.ring.add({.kind = EventKind::lost, .run = {}, .lane = {}, .json = lost_event(count)});
  }
  if (notes.empty()) return;
  const Instant stop = net::EventLoop::read_clock() + longest_writing;
  for (std::size_t count = 0; count < most_written_at_once && !notes.empty(); ++count) {
    const Note note = std::move(notes.front());
    notes.pop_front();
    if (const Heard* heard = std::get_if<Heard>(&note)) {
      write(*heard);
    } else {
      view.ring.add(std::get<WrittenEvent>(note));
    }
    if (net::EventLoop::read_clock() >= stop) return;
  }
}

void Feed::State::write(const Heard& heard) {
  using What = tap::News::What;
  const trace::ConnectionTrace& trace = *heard.trace;
  const std::size_t index = heard.index;
  const recording::RunRecord* run = runs.run_of(trace, stream_of(heard));
  WrittenEvent event{.kind = EventKind::connections,
                     .connection = trace.facts.id,
                     .run = run == nullptr ? "" : run->facts.id,
                     .lane = trace.lane,
                     .json = {}};
  const Place place{trace, event.run, run == nullptr ? zero : run->facts.start};
  switch (heard.what) {
    case What::frame:
      event.kind = EventKind::frames;
      event.json = frame_event(place, index);
      progress[trace.facts.id] = {heard.trace, index + 1};
      break;
    case What::frame_landed:
      event.kind = EventKind::landed;
      event.json = landed_event(place, index);
      break;
    case What::answered:
      if (follows_soon(trace.exchanges[index])) return;
      [[fallthrough]];
    case What::exchange_over:
      event.kind = EventKind::exchanges;
      event.json = exchange_event(place, index);
      break;
    case What::segment_lost:
      event.kind = EventKind::segments;
      event.json = segment_event(place, index);
      break;
    case What::opened:
    case What::secured:
    case What::gave_up:
    case What::closed:
      event.json = connection_event(place, heard.what);
      break;
    case What::request:
      return;
  }
  view.ring.add(std::move(event));
}

void Feed::State::beat(Instant now) {
  if (!next_heartbeat) next_heartbeat = now + heartbeat_interval;
  if (now < *next_heartbeat) return;
  next_heartbeat = now + heartbeat_interval;
  ++view.heartbeats;
  std::erase_if(progress, [](const auto& entry) { return entry.second.trace.expired(); });
}

void Feed::State::sleep_when_alone(Instant now) {
  if (!view.watchers.empty()) {
    alone_since.reset();
    return;
  }
  if (!alone_since) alone_since = now;
  if (now - *alone_since < time_to_come_back) return;
  awake = false;
  never_written = 0;
  notes.clear();
  progress.clear();
  next_heartbeat.reset();
  view.ring.forget();
}

Feed::Feed(const recording::Runs& runs) : state_(std::make_shared<State>(runs)) {}

Feed::~Feed() = default;

void Feed::start(Wake wake, Instant zero) {
  state_->wake = std::move(wake);
  state_->zero = zero;
  state_->view.ring = Ring{first_id_at(zero)};
}

void Feed::heard(const recording::SharedTrace& trace, tap::News news) {
  if (!state_->awake || !state_->is_worth_noting(*trace, news)) return;
  state_->note(Heard{trace, news.what, news.index});
}

void Feed::run_changed(const recording::RunRecord& run, bool dropped) {
  if (!state_->awake) return;
  state_->note(WrittenEvent{.kind = EventKind::run,
                            .run = run.facts.id,
                            .lane = run.wish.lane,
                            .json = run_event(run, dropped)});
}

Result<http::Response> Feed::watch(Filter filter, std::uint64_t watcher,
                                   std::optional<std::uint64_t> last_event_id) {
  FeedView& view = state_->view;
  if (view.over) return Failure{"This server is about to end."};
  if (view.watchers.size() >= most_watchers) {
    ++state_->refused;
    return Failure{fmt::format("{} watch already: there is no room for more.", most_watchers)};
  }
  state_->awake = true;
  state_->alone_since.reset();
  http::Response response;
  response.headers.add("content-type", "text/event-stream");
  response.headers.add("cache-control", "no-store");
  response.content_length.reset();
  // The body knows the view and shares the state's life.
  response.body = std::make_unique<Watcher>(std::shared_ptr<FeedView>{state_, &view},
                                            std::move(filter), watcher, last_event_id);
  return response;
}

void Feed::end() {
  state_->view.over = true;
  wake_watchers();
}

void Feed::advance(Instant now) {
  State& state = *state_;
  if (!state.awake) return;
  state.write_notes();
  state.beat(now);
  state.sleep_when_alone(now);
  wake_watchers();
}

// Whoever is woken may leave, and others with it: first it is settled who they are.
void Feed::wake_watchers() {
  State& state = *state_;
  std::vector<std::uint64_t> connections;
  for (Watcher* watcher : state.view.watchers) {
    if (watcher->has_something(state.view)) connections.push_back(watcher->connection());
  }
  std::sort(connections.begin(), connections.end());
  connections.erase(std::unique(connections.begin(), connections.end()), connections.end());
  for (const std::uint64_t connection : connections) state.wake(connection);
}

bool Feed::is_behind() const {
  return !state_->notes.empty();
}

std::size_t Feed::watchers() const {
  return state_->view.watchers.size();
}

std::uint64_t Feed::lost() const {
  return state_->lost + state_->view.missed;
}

std::uint64_t Feed::refused() const {
  return state_->refused;
}

}  // namespace muxlab::server::lab::events
