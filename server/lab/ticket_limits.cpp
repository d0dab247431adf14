#include "server/lab/ticket_limits.h"

#include <algorithm>

namespace muxlab::server::lab {
namespace {

// Clients of lanes whose old tickets are refused. Above that all are forgotten: a client may then
// resume once too often, which its run says.
constexpr std::size_t most_ticket_limits = 4096;

std::uint64_t microseconds(WallTime time) {
  const auto since = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since.count(), 0));
}

}  // namespace

// One more than what the tickets of this very microsecond carry.
void TicketLimits::refuse_older(const std::string& lane, const std::string& client, WallTime now) {
  if (oldest_.size() >= most_ticket_limits) oldest_.clear();
  latest_ = std::max(latest_, microseconds(now)) + 1;
  oldest_[{lane, client}] = latest_;
}

tls::TicketEpochs TicketLimits::epochs_for(const std::string& lane, const std::string& client,
                                           WallTime now) {
  latest_ = std::max(latest_, microseconds(now));
  const auto oldest = oldest_.find({lane, client});
  return {.issued = latest_, .oldest = oldest == oldest_.end() ? 0 : oldest->second};
}

}  // namespace muxlab::server::lab
