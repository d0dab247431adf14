// A connection's bytes on a simulated line: the line says when they arrive, this keeps them until
// then. Whoever drives the line asks every link on it after each step what has arrived.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/link/client_clock.h"
#include "common/link/line.h"
#include "common/link/link.h"

namespace muxlab::link {

// What a client's kernel keeps of its own before it makes the client wait.
inline constexpr std::size_t client_unsent_bytes = 64 * 1024;

class SimulatedLink final : public Link {
 public:
  // The client connects at `now`. The observer, if any, outlives the link.
  SimulatedLink(std::shared_ptr<Line> line, Instant now, ConnectionObserver* observer = nullptr);
  ~SimulatedLink() override;
  SimulatedLink(const SimulatedLink&) = delete;
  SimulatedLink& operator=(const SimulatedLink&) = delete;

  ConnectionId id() const { return id_; }

  void collect(Instant now) override;

  void receive(Bytes wire, Instant now) override;
  bool wants_input() const override;
  void end_input(Instant now) override;
  void reset_input(Instant now) override;
  const ByteQueue& output() const override { return down_.landed; }
  void sent(std::size_t count, Instant now) override;
  std::uint64_t landed_bytes() const override { return down_.landed_end; }
  bool output_over() const override;
  Duration client_lag(Instant now) const override { return clock_.lag(now); }

  ByteQueue& arrived() override { return up_.landed; }
  void took(Instant now) override;
  bool input_over() const override;
  bool was_reset() const override;
  std::size_t room() const override;
  ByteQueue& departing() override { return departing_; }
  void depart(Instant now) override;
  bool congested() const override;
  void end_output(Instant now) override;
  void reset_output(Instant now) override;
  bool underway() const override;
  std::size_t record_bytes(Instant now) const override;

 private:
  // One direction: bytes that were sent and have not arrived, and bytes that have.
  struct Way {
    explicit Way(TcpFlow simulated) : flow(simulated) {}

    void send(ByteQueue& bytes, Instant now);
    void end(Instant now);
    void reset(Instant now);
    // False: nothing has arrived since the last time.
    bool collect();
    void take(std::size_t count, Instant now);

    TcpFlow flow;
    ByteQueue under_way;
    ByteQueue landed;
    std::uint64_t landed_end = 0;  // bytes landed so far
    std::uint64_t taken = 0;       // and of these, taken
    bool over = false;             // nothing more is sent
    bool abandoned = false;        // nobody is there to take what lands
  };

  void judge_the_line(Instant now);

  std::shared_ptr<Line> line_;
  ConnectionId id_;
  ClientClock clock_;
  Way up_;
  Way down_;
  ByteQueue departing_;
  Instant last_departure_{};
  std::uint64_t departed_since_pause_ = 0;
};

}  // namespace muxlab::link
