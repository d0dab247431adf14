// What a worker of the site counts, read by the lab's thread while it goes on. Each number has one
// writer and says nothing of the others, so relaxed order is enough.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "common/base/connection_facts.h"
#include "common/http/handler.h"
#include "server/lab/metrics/metrics.h"

namespace muxlab::server {

// A cache line of its own: it is written with each request.
class alignas(64) WorkerCounts {
 public:
  // On the worker's thread alone.
  void accepted() {
    add(accepted_, 1);
    add(open_, 1);
  }
  void closed() { add(open_, static_cast<std::uint64_t>(-1)); }
  void answered(Protocol protocol) { add(requests_[static_cast<std::size_t>(protocol)], 1); }

  // From any thread.
  lab::metrics::WorkerFigures read() const {
    lab::metrics::WorkerFigures figures{.accepted = accepted_.load(std::memory_order_relaxed),
                                        .open = open_.load(std::memory_order_relaxed)};
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      figures.requests[i] = requests_[i].load(std::memory_order_relaxed);
    }
    return figures;
  }

 private:
  using Number = std::atomic<std::uint64_t>;

  // One writer needs no locked instruction.
  static void add(Number& number, std::uint64_t more) {
    number.store(number.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  Number accepted_ = 0;
  Number open_ = 0;
  std::array<Number, 3> requests_{};  // by Protocol
};

// A handler whose requests are counted.
class CountedHandler final : public http::Handler {
 public:
  CountedHandler(std::unique_ptr<http::Handler> handler, std::shared_ptr<WorkerCounts> counts)
      : handler_(std::move(handler)), counts_(std::move(counts)) {}

  void answer(const http::Request& request, http::Responder& responder) override {
    counts_->answered(request.protocol);
    handler_->answer(request, responder);
  }

 private:
  std::unique_ptr<http::Handler> handler_;
  std::shared_ptr<WorkerCounts> counts_;
};

}  // namespace muxlab::server
