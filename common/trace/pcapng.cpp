#include <fmt/format.h>

#include <deque>
#include <memory>
#include <vector>

#include "common/trace/client_ports.h"
#include "common/trace/conversation.h"
#include "common/trace/export.h"
#include "common/trace/pcapng_blocks.h"

namespace muxlab::trace {
namespace {

class Pcapng {
 public:
  Pcapng(std::shared_ptr<const RunTrace> trace, Vantage vantage)
      : trace_(std::move(trace)), vantage_(vantage), ports_(client_ports(*trace_)) {}

  // The section's beginning, then nothing yet for each connection, whose packets have to be put in
  // order first, and then one packet.
  bool next(std::string& out) {
    if (!begun_) {
      begun_ = true;
      append_section(out, about());
      return true;
    }
    if (conversations_.size() < ports_.size()) {
      const std::size_t index = conversations_.size();
      conversations_.emplace_back(*trace_->connections[index], ports_[index], vantage_);
      return true;
    }
    Conversation* const conversation = earliest_conversation();
    if (conversation == nullptr) return false;
    const Conversation::Sent sent = conversation->next();
    const auto since_1970 = std::chrono::nanoseconds{trace_->run.started.time_since_epoch()} +
                            (sent.at - trace_->run.start);
    append_packet(out, std::chrono::round<std::chrono::microseconds>(since_1970), sent.frame,
                  sent.comment);
    return true;
  }

 private:
  Conversation* earliest_conversation() {
    Conversation* earliest = nullptr;
    for (Conversation& each : conversations_) {
      const bool sooner =
          each.next_at() && (earliest == nullptr || *each.next_at() < *earliest->next_at());
      if (sooner) earliest = &each;
    }
    return earliest;
  }

  std::string about() const {
    const Run& run = trace_->run;
    std::string text = fmt::format(
        "muxlab run {}: page {} over {}. Plaintext as synthetic TCP to port 80; the first packet "
        "of "
        "each connection says what it really was",
        run.id, run.page, run.way);
    if (run.dropped > 0) text += ". Memory was bounded: not all of the run was kept";
    return text;
  }

  const std::shared_ptr<const RunTrace> trace_;
  const Vantage vantage_;
  const std::vector<std::uint16_t> ports_;  // of each connection
  std::deque<Conversation> conversations_;  // of each connection
  bool begun_ = false;
};

}  // namespace

Pieces pcapng(std::shared_ptr<const RunTrace> trace, Vantage vantage) {
  auto writer = std::make_shared<Pcapng>(std::move(trace), vantage);
  return [writer](std::string& out) { return writer->next(out); };
}

}  // namespace muxlab::trace
