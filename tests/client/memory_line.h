// A page load and its servers joined in memory: no socket, no clock, no line. Bytes pass in pieces
// of a test's choosing, and each step takes a millisecond.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/page_load.h"
#include "server/dispatch/dispatch.h"
#include "tests/support/tls_connection.h"

namespace muxlab::test {

// The server's end of one connection.
class FarEnd {
 public:
  virtual ~FarEnd() = default;
  virtual void hear(Bytes wire, Instant now) = 0;
  virtual void hear_the_end(Instant) {}
  // Appends what it has to say; true while it will say more, false once it has closed.
  virtual bool speak(ByteQueue& out, Instant now) = 0;
  virtual std::optional<Instant> next_event() const { return std::nullopt; }
  virtual void shut_down(Instant) {}
};

// The real server.
class RealEnd final : public FarEnd {
 public:
  RealEnd(std::unique_ptr<tls::Channel> channel, const connection::SessionChooser& choose,
          Instant now)
      : connection_(std::move(channel), ConnectionFacts{}, choose, connection::Limits{}, now) {}

  void hear(Bytes wire, Instant now) override { connection_.receive(wire, now); }
  void hear_the_end(Instant now) override { connection_.input_ended(now); }
  bool speak(ByteQueue& out, Instant now) override {
    connection_.advance(now);
    const connection::Verdict verdict = connection_.pump(now);
    const std::size_t count = connection_.output().size();
    out.append(bytes_of(text_in(connection_.output())));
    connection_.sent(count, now);
    return verdict == connection::Verdict::open;
  }
  std::optional<Instant> next_event() const override { return connection_.next_event(); }
  void shut_down(Instant now) override { connection_.shut_down(now); }

 private:
  connection::Connection connection_;
};

// A server that says one text for each request head, in order and whatever is asked.
class ScriptEnd final : public FarEnd {
 public:
  struct Script {
    std::vector<std::string> answers;
    bool closes = true;  // behind the last of them; else it falls silent
  };

  explicit ScriptEnd(Script script) : script_(std::move(script)) {}
  void hear(Bytes wire, Instant) override { heard_ += text_of(wire); }
  bool speak(ByteQueue& out, Instant) override {
    for (std::size_t end = heard_.find("\r\n\r\n"); end != std::string::npos;
         end = heard_.find("\r\n\r\n")) {
      heard_.erase(0, end + 4);
      if (said_ < script_.answers.size()) out.append(bytes_of(script_.answers[said_++]));
    }
    return !script_.closes || said_ < script_.answers.size();
  }

 private:
  Script script_;
  std::string heard_;
  std::size_t said_ = 0;
};

class MemoryLine {
 public:
  using Opener = std::function<std::unique_ptr<FarEnd>(std::size_t index, Instant now)>;
  using Cut = std::function<std::size_t()>;  // how many bytes pass at once

  static std::size_t uncut() { return whole; }

  MemoryLine(client::PageLoad& load, Opener opener, Cut cut = uncut)
      : load_(load), open_far_end_(std::move(opener)), cut_(std::move(cut)) {}

  // Until the load is done, or nothing will ever happen again.
  void run() {
    for (int steps = 0; !load_.done(); ++steps) {
      ASSERT_LT(steps, 2'000'000) << "no end";
      if (step() || load_.done()) continue;
      const std::optional<Instant> next = next_event();
      ASSERT_TRUE(next) << "the load hangs: nothing moves and nobody waits for a time";
      now = std::max(now, *next);
    }
  }

  // Moves what can be moved on each connection once. False when there was nothing.
  bool step() {
    now += 1ms;
    bool moved = false;
    for (auto index = load_.open_next(now); index; index = load_.open_next(now)) {
      EXPECT_EQ(*index, ends_.size());
      ends_.push_back({open_far_end_(*index, now), {}, {}});
      moved = true;
    }
    std::size_t open = 0;
    for (std::size_t index = 0; index < ends_.size(); ++index) {
      if (!load_.is_open(index)) continue;
      ++open;
      moved = move(index) || moved;
    }
    most_open = std::max(most_open, open);
    if (each_step) each_step();
    return moved;
  }

  FarEnd& far_end(std::size_t index) { return *ends_[index].far; }
  std::size_t opened() const { return ends_.size(); }

  Instant now{};
  std::size_t most_open = 0;
  std::function<void()> each_step;

 private:
  struct End {
    std::unique_ptr<FarEnd> far;
    ByteQueue to_client;
    ByteQueue to_server;
    bool far_closed = false;
    bool near_told = false;
  };

  bool move(std::size_t index) {
    End& end = ends_[index];
    connection::Connection& near = load_.connection(index);
    near.advance(now);
    const connection::Verdict verdict = near.pump(now);
    bool moved = !near.output().empty();
    const std::size_t said = near.output().size();
    end.to_server.append(bytes_of(text_in(near.output())));
    near.sent(said, now);
    moved = pass(end.to_server, [&end, this](Bytes piece) { end.far->hear(piece, now); }) || moved;

    if (!end.far_closed) end.far_closed = !end.far->speak(end.to_client, now);
    if (near.wants_input()) {
      moved =
          pass(end.to_client, [&near, this](Bytes piece) { near.receive(piece, now); }) || moved;
    }
    if (verdict != connection::Verdict::open) {
      load_.closed(index, now);
      end.far->hear_the_end(now);
      return true;
    }
    if (end.far_closed && end.to_client.empty() && !std::exchange(end.near_told, true)) {
      near.input_ended(now);
      return true;
    }
    return moved;
  }

  template <typename Take>
  bool pass(ByteQueue& queue, Take take) {
    if (queue.empty()) return false;
    ByteQueue piece;
    carry(queue, piece, cut_());
    const std::string text = text_in(piece);
    take(bytes_of(text));
    return true;
  }

  std::optional<Instant> next_event() const {
    std::optional<Instant> next;
    for (std::size_t index = 0; index < ends_.size(); ++index) {
      if (!load_.is_open(index)) continue;
      next = earliest(next, load_.connection(index).next_event());
      next = earliest(next, ends_[index].far->next_event());
    }
    return next;
  }

  client::PageLoad& load_;
  Opener open_far_end_;
  Cut cut_;
  std::vector<End> ends_;
};

}  // namespace muxlab::test
