#include "server/arrival.h"

#include <algorithm>
#include <array>
#include <utility>

namespace muxlab::server {
namespace {

using net::ProxyHeaderReader;
using net::Transfer;

constexpr std::string_view broken_off = "it ended within its PROXY header";
constexpr std::string_view late = "its PROXY header was not whole within 5 s";
static_assert(proxy_header_timeout == 5s);

}  // namespace

Arrival::Arrival(net::EventLoop& loop, net::Accepted accepted, std::function<void()> settled)
    : accepted_(std::move(accepted)),
      settled_(std::move(settled)),
      deadline_(loop.now() + proxy_header_timeout),
      readable_(loop.watch(accepted_.socket.descriptor(), net::Readiness::readable,
                           [this] { on_readable(); })) {}

void Arrival::advance(Instant now) {
  if (state_ == State::waiting && now >= deadline_) settle(State::refused, late);
}

void Arrival::on_readable() {
  while (state_ == State::waiting) {
    std::array<std::uint8_t, 256> room;  // more than a header without TLVs
    const std::size_t wanted = std::min(room.size(), reader_.missing_bytes());
    const Transfer transfer = accepted_.socket.read(MutableBytes{room}.first(wanted));
    switch (transfer.kind) {
      case Transfer::Kind::moved:
        reader_.take(MutableBytes{room}.first(transfer.bytes));
        break;
      case Transfer::Kind::blocked:
        return;
      case Transfer::Kind::ended:
      case Transfer::Kind::failed:
        return reader_.begun() ? settle(State::refused, broken_off) : settle(State::left);
    }
    switch (reader_.state()) {
      case ProxyHeaderReader::State::reading:
        break;
      case ProxyHeaderReader::State::whole:
        return settle(State::known);
      case ProxyHeaderReader::State::refused:
        return settle(State::refused, reader_.fault());
    }
  }
}

void Arrival::settle(State state, std::string_view fault) {
  state_ = state;
  fault_ = fault;
  readable_.disable();
  settled_();
}

net::Accepted Arrival::take() {
  net::Accepted taken = std::move(accepted_);
  accepted_.peer = taken.peer;
  if (header().client) taken.peer = *header().client;
  return taken;
}

}  // namespace muxlab::server
