// One watcher of the feed: the body of its answer. Reads the ring at its own pace, through its own
// filter. Knows nothing of where events come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/response.h"
#include "server/lab/events/ring.h"

namespace muxlab::server::lab::events {

class Watcher;

// What the feed has for its watchers.
struct FeedView {
  Ring ring{1};
  std::uint64_t heartbeats = 0;
  std::uint64_t missed = 0;  // by watchers that were too slow
  std::vector<Watcher*> watchers;
  bool over = false;  // what has been written is read, and nothing follows
};

// A message ends when it is this large, so that one who reads slowly has its pieces soon.
inline constexpr std::size_t most_message_bytes = 64 * 1024;

class Watcher final : public http::Body {
 public:
  Watcher(const std::shared_ptr<FeedView>& view, Filter filter, std::uint64_t connection,
          std::optional<std::uint64_t> last_event_id);
  ~Watcher() override;
  Watcher(const Watcher&) = delete;  // the view knows it
  Watcher& operator=(const Watcher&) = delete;

  http::ReadOutcome read(MutableBytes room) override;

  // Whether it would read anything now. Passes over what its filter leaves out.
  bool has_something(const FeedView& view);
  std::uint64_t connection() const { return connection_; }

 private:
  void compose(FeedView& view);
  void tell_of_loss(FeedView& view);
  void skip_unwanted(const Ring& ring);
  void take_message(const Ring& ring);

  std::weak_ptr<FeedView> view_;  // empty: the feed is no more
  const Filter filter_;
  const std::uint64_t connection_;
  std::uint64_t next_;  // the event that it reads next
  bool greeted_ = false;
  bool lost_uncounted_ = false;  // it has been away for too long
  std::uint64_t heartbeats_;     // those it has had
  std::string text_;             // composed, of which `read_` bytes are read
  std::size_t read_ = 0;
};

}  // namespace muxlab::server::lab::events
