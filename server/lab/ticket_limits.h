// Which session tickets the clients of the lanes may resume with: after a cold run has begun, none
// from before. A ticket's epoch is the time it was issued at, so that those of another process that
// shares our ticket keys count too. Reads no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/tls/ticket_epoch.h"

namespace muxlab::server::lab {

using WallTime = std::chrono::system_clock::time_point;

class TicketLimits {
 public:
  // No ticket that was issued before now is taken from this client on this lane any more.
  void refuse_older(const std::string& lane, const std::string& client, WallTime now);

  // For a connection that is accepted now.
  tls::TicketEpochs epochs_for(const std::string& lane, const std::string& client, WallTime now);

 private:
  using Place = std::pair<std::string, std::string>;  // lane and client

  std::uint64_t latest_ = 0;  // microseconds since 1970; never goes back, as a wall clock may
  std::map<Place, std::uint64_t> oldest_;
};

}  // namespace muxlab::server::lab
