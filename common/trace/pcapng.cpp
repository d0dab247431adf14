#include <fmt/format.h>

#include <memory>
#include <set>
#include <vector>

#include "common/trace/conversation.h"
#include "common/trace/export.h"
#include "common/trace/pcapng_blocks.h"

namespace muxlab::trace {
namespace {

// The client's own ports, but each one once: a file knows no lanes, and all servers have one port.
class ClientPorts {
 public:
  std::uint16_t for_connection(std::uint16_t real) {
    if (real != 0 && taken_.insert(real).second) return real;
    constexpr std::uint16_t first_private = 49152;  // RFC 6335 section 6
    constexpr std::uint32_t last = 65535;
    for (std::uint32_t port = first_private; port <= last; ++port) {
      const auto candidate = static_cast<std::uint16_t>(port);
      if (taken_.insert(candidate).second) return candidate;
    }
    return real;  // it is used twice, and Wireshark says so
  }

 private:
  std::set<std::uint16_t> taken_;
};

class Pcapng {
 public:
  explicit Pcapng(std::shared_ptr<const RunTrace> trace) : trace_(std::move(trace)) {
    ClientPorts ports;
    for (const auto& connection : trace_->connections) {
      conversations_.emplace_back(*connection, ports.for_connection(connection->facts.client_port));
    }
  }

  // The section's beginning, then one packet.
  bool next(std::string& out) {
    if (!begun_) {
      begun_ = true;
      append_section(out, about());
      return true;
    }
    Conversation* const conversation = earliest_conversation();
    if (conversation == nullptr) return false;
    const Conversation::Sent sent = conversation->next();
    const auto wall_clock = std::chrono::nanoseconds{trace_->run.started.time_since_epoch()} +
                            (sent.at - trace_->run.start);
    append_packet(out, wall_clock, sent.packet, sent.comment);
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
  std::vector<Conversation> conversations_;
  bool begun_ = false;
};

}  // namespace

Pieces pcapng(std::shared_ptr<const RunTrace> trace) {
  auto writer = std::make_shared<Pcapng>(std::move(trace));
  return [writer](std::string& out) { return writer->next(out); };
}

}  // namespace muxlab::trace
