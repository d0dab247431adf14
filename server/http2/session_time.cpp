// A session's time: what is due, how long the peer is waited for, and how the session ends.
#include <algorithm>
#include <optional>
#include <utility>

#include "server/http2/session.h"

namespace muxlab::server::http2 {

using muxlab::http2::ErrorCode;

// A request or the head of an answer is progress enough to begin anew; of content it matters how
// much. While the connection below takes no more, whoever reads slowly is the connection's to
// judge.
void Session::note_progress(Instant now) {
  const bool new_heads = seen_heads_ != endpoint_.heads();
  const std::uint64_t content = endpoint_.content_bytes() - seen_content_bytes_;
  seen_heads_ = endpoint_.heads();
  seen_content_bytes_ = endpoint_.content_bytes();
  if (new_heads || content > 0) last_progress_ = now;
  const bool waits_for_peer =
      !has_more_to_say_ && endpoint_.open_streams() > thinking_ + endpoint_.waiting_streams();
  if (!waits_for_peer) {
    pace_.reset();
  } else if (new_heads || !pace_) {
    pace_.emplace(options_.stall_timeout, now);
  } else {
    pace_->progressed(content, now);
  }
}

void Session::advance(Instant now) {
  latest_ = now;
  if (phase_ == Phase::terminated) return;
  if (!endpoint_.settings_acknowledged() && now >= settings_deadline_) {
    return terminate(ErrorCode::settings_timeout);
  }
  if (head_since_ && now >= *head_since_ + options_.head_timeout) {
    return terminate(ErrorCode::enhance_your_calm);
  }
  if (phase_ == Phase::notified && now >= notice_deadline_) finish_shutdown();
  answer_what_is_due(now);
  if (reset_slow_uploads(now)) return;  // which may have been all that was waited for
  if (pace_) {
    if (now >= pace_->deadline()) terminate(ErrorCode::enhance_your_calm);
  } else if (endpoint_.open_streams() == 0 && now >= last_progress_ + options_.idle_timeout) {
    finish_shutdown();
  }
}

void Session::excuse(Duration delay) {
  last_progress_ += delay;
  settings_deadline_ += delay;
  notice_deadline_ += delay;
  if (head_since_) *head_since_ += delay;
  if (pace_) pace_->excuse(delay);
  for (auto& [stream, exchange] : exchanges_) {
    if (exchange.pace) exchange.pace->excuse(delay);
  }
}

// What was pushed is in no queue: nobody asked for it.
bool Session::has_its_turn(StreamId stream) const {
  return queue_.empty() || *queue_.begin() == stream || !queue_.contains(stream);
}

bool Session::answer_what_is_due(Instant now) {
  bool any = false;
  for (auto next = exchanges_.begin(); next != exchanges_.end();) {
    const auto at = next++;
    Exchange& exchange = at->second;
    if (!exchange.thinking || now < exchange.due || !has_its_turn(at->first)) continue;
    any = true;
    --thinking_;
    respond(exchange.request, *std::exchange(exchange.thinking, std::nullopt));
    last_progress_ = now;
    if (service_.log == nullptr) exchanges_.erase(at);
  }
  return any;
}

std::optional<Instant> Session::next_event() const {
  if (phase_ == Phase::terminated || finished()) return std::nullopt;
  std::optional<Instant> next;
  if (pace_) {
    next = pace_->deadline();
  } else if (endpoint_.open_streams() == 0) {
    next = last_progress_ + options_.idle_timeout;
  }
  if (!endpoint_.settings_acknowledged()) next = earliest(next, settings_deadline_);
  if (head_since_) next = earliest(next, *head_since_ + options_.head_timeout);
  if (phase_ == Phase::notified) next = earliest(next, notice_deadline_);
  return earliest(next, next_of_exchanges());
}

std::optional<Instant> Session::next_of_exchanges() const {
  std::optional<Instant> next;
  for (const auto& [stream, exchange] : exchanges_) {
    if (exchange.thinking && has_its_turn(stream)) next = earliest(next, exchange.due);
    if (exchange.upload) next = earliest(next, exchange.pace->deadline());
  }
  return next;
}

bool Session::reset_slow_uploads(Instant now) {
  bool any = false;
  for (auto& [stream, exchange] : exchanges_) {
    if (!exchange.upload || now < exchange.pace->deadline()) continue;
    exchange.upload.reset();
    endpoint_.reset(stream, ErrorCode::cancel);
    any = true;
  }
  return any;
}

void Session::shut_down(Instant now) {
  if (phase_ != Phase::serving) return;
  phase_ = Phase::notified;
  notice_deadline_ = now + options_.shutdown_notice_timeout;
  endpoint_.announce_shutdown();
}

void Session::finish_shutdown() {
  if (phase_ != Phase::serving && phase_ != Phase::notified) return;
  phase_ = Phase::going_away;
  endpoint_.go_away();
}

void Session::terminate(ErrorCode code) {
  if (phase_ == Phase::terminated) return;
  phase_ = Phase::terminated;
  endpoint_.terminate(code);
}

bool Session::finished() const {
  if (endpoint_.finished()) return true;
  if (!input_ended_ || endpoint_.has_output()) return false;
  return std::none_of(exchanges_.begin(), exchanges_.end(),
                      [](const auto& entry) { return entry.second.thinking.has_value(); });
}

}  // namespace muxlab::server::http2
