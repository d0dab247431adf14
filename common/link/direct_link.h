// No line at all: what goes in at one end lies at the other. One queue each way, no copy, no timer.
#pragma once

#include "common/link/link.h"

namespace muxlab::link {

// The output is pulled until this much waits to be sent: enough for a write to be worth its system
// call, little enough that a more important answer is not stuck behind it.
inline constexpr std::size_t send_ahead_bytes = 32 * 1024;

class DirectLink final : public Link {
 public:
  void collect(Instant) override {}

  void receive(Bytes wire, Instant) override { up_.append(wire); }
  bool wants_input() const override { return up_.empty() && !input_over_; }
  void end_input(Instant) override { input_over_ = true; }
  void reset_input(Instant) override { input_over_ = reset_ = true; }

  const ByteQueue& output() const override { return down_; }
  void sent(std::size_t count, Instant) override {
    down_.consume(count);
    taken_ += count;
  }
  std::uint64_t landed_bytes() const override { return taken_; }
  bool output_over() const override { return output_ended_ && down_.empty(); }
  Duration client_lag(Instant) const override { return Duration::zero(); }

  ByteQueue& arrived() override { return up_; }
  void took(Instant) override {}
  bool input_over() const override { return input_over_; }
  bool was_reset() const override { return reset_; }

  std::size_t room() const override {
    return down_.size() < send_ahead_bytes ? send_ahead_bytes - down_.size() : 0;
  }
  ByteQueue& departing() override { return down_; }
  void depart(Instant) override {}
  bool congested() const override { return down_.size() >= send_ahead_bytes; }
  void end_output(Instant) override { output_ended_ = true; }
  void reset_output(Instant) override {
    down_.clear();
    output_ended_ = true;
  }
  bool underway() const override { return !down_.empty(); }

  std::size_t record_bytes(Instant) const override { return ByteQueue::block_bytes; }

 private:
  ByteQueue up_;
  ByteQueue down_;
  std::uint64_t taken_ = 0;
  bool input_over_ = false;
  bool reset_ = false;
  bool output_ended_ = false;
};

}  // namespace muxlab::link
