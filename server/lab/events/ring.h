// The latest events of the feed, each written once and numbered, until newer ones take their room.
// Knows neither who reads them nor what they are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace muxlab::server::lab::events {

enum class EventKind : std::uint8_t {
  frames,
  landed,
  exchanges,
  connections,
  segments,
  run,
  lost,  // events that were never written: everybody's
};
std::string_view name_of(EventKind kind);
// Whether several of them may stand in one message, as a JSON array.
bool comes_in_arrays(EventKind kind);

struct WrittenEvent {
  EventKind kind;
  std::uint64_t connection = 0;  // 0: none
  std::string run;               // empty: none
  std::string lane;
  std::string json;  // an object
};

// What a watcher wants; empty: everything.
struct Filter {
  std::string run;
  std::string lane;
  std::optional<std::uint64_t> connection;

  bool matches(const WrittenEvent& event) const;
};

// Some minutes of one browser at a page, or a big page load whole. A watcher that is further behind
// has lost the rest.
inline constexpr std::size_t most_kept_events = 32 * 1024;
inline constexpr std::size_t most_kept_event_bytes = 16 * 1024 * 1024;

class Ring {
 public:
  explicit Ring(std::uint64_t first_id) : first_(first_id), known_from_(first_id) {}

  void add(WrittenEvent event);

  // From here on there is a gap, and nobody knows how much happened in it.
  void forget();

  // The ids that are kept: first() up to, not including, next().
  std::uint64_t first() const { return first_; }
  std::uint64_t next() const { return first_ + events_.size(); }
  // Needs an id that is kept.
  const WrittenEvent& operator[](std::uint64_t id) const {
    return events_[static_cast<std::size_t>(id - first_)];
  }
  // Whoever has seen all before `id` can be told how many came since.
  bool can_count_from(std::uint64_t id) const { return id >= known_from_ && id <= next(); }

 private:
  std::deque<WrittenEvent> events_;
  std::uint64_t first_;
  std::uint64_t known_from_;
  std::size_t bytes_ = 0;  // of JSON
};

}  // namespace muxlab::server::lab::events
