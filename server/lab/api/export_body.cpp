#include "server/lab/api/export_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/net/event_loop.h"

namespace muxlab::server::lab::api {

ExportBody::ExportBody(trace::Pieces pieces, Turn turn, std::function<void()> again)
    : pieces_(std::move(pieces)), turn_(std::move(turn)), again_(std::move(again)) {}

http::ReadOutcome ExportBody::read(MutableBytes room) {
  using Kind = http::ReadOutcome::Kind;
  if (made_.size() - read_ < room.size() && !whole_ && may_make()) make(room.size());
  const std::size_t count = std::min(room.size(), made_.size() - read_);
  std::memcpy(room.data(), made_.data() + read_, count);
  read_ += count;
  if (whole_ && read_ == made_.size()) return {Kind::end, count};
  if (count > 0) return {Kind::some, count};
  if (!std::exchange(asked_again_, true)) again_();
  return {Kind::waiting};
}

bool ExportBody::may_make() {
  const Instant turn = turn_();
  if (turn_began_ != turn) {
    turn_began_ = turn;
    used_ = Duration{};
    asked_again_ = false;
  }
  return used_ < longest_export_turn;
}

void ExportBody::make(std::size_t wanted) {
  made_.erase(0, read_);
  read_ = 0;
  const Instant begun = net::EventLoop::read_clock();
  const Duration left = longest_export_turn - used_;
  Duration took{};
  while (made_.size() < wanted && took < left && !whole_) {
    whole_ = !pieces_(made_);
    took = net::EventLoop::read_clock() - begun;
  }
  used_ += took;
}

}  // namespace muxlab::server::lab::api
