#include "client/page_load.h"

#include <fmt/format.h>

#include <cassert>
#include <string>
#include <utility>

#include "client/http1_session.h"
#include "common/http/authority.h"
#include "common/tls/plain_channel.h"

namespace muxlab::client {
namespace {

// A client is in no hurry to give up: libcurl waits so long for a connection
// (CURLOPT_CONNECTTIMEOUT), and a line that loses much takes minutes to shake hands.
constexpr connection::Limits patience{.setup_timeout = 300s, .write_stall_timeout = 300s};

}  // namespace

PageLoad::PageLoad(const PagePlan& plan, const Way& way, const tls::ClientIdentity* identity,
                   std::string authority, Instant now)
    : way_(way), identity_(identity), board_(plan, now) {
  assert(way.connections > 0 && way.protocol != Protocol::http10 &&
         http::parse_authority(authority));
  options_.scheme = identity != nullptr ? "https" : "http";
  options_.authority = std::move(authority);
  options_.fields = way.fields;
  options_.one_by_one = way.one_by_one;
  choose_ = [this](const ConnectionFacts& facts, Bytes, Instant at) {
    return make_session(facts, at);
  };
}

std::unique_ptr<http::Session> PageLoad::make_session(const ConnectionFacts& facts, Instant now) {
  if (way_.protocol == Protocol::http2) {
    return std::make_unique<Http2Session>(board_, facts, options_, way_.endpoint, now);
  }
  return std::make_unique<Http1Session>(board_, facts, options_);
}

std::optional<std::size_t> PageLoad::open_next(Instant now) {
  if (!wants_connection()) return std::nullopt;
  const std::size_t index = connections_.size();
  std::unique_ptr<tls::Channel> channel;
  if (identity_ != nullptr) {
    const auto named = http::parse_authority(options_.authority);
    channel = identity_->connect(std::string{named->host_without_brackets()});
  } else {
    channel = std::make_unique<tls::PlainChannel>();
  }
  ConnectionFacts facts;
  facts.id = index;
  connections_.push_back(std::make_unique<connection::Connection>(
      std::move(channel), std::move(facts), choose_, patience, now));
  if (way_.binds_early && way_.protocol != Protocol::http2) board_.promise(index);
  return index;
}

bool PageLoad::wants_connection() const {
  const bool one_takes_all = way_.protocol == Protocol::http2;
  std::size_t open = 0;
  std::size_t free = 0;  // or still being opened
  for (std::size_t index = 0; index < connections_.size(); ++index) {
    if (!connections_[index] || !board_.takes_more(index)) continue;
    ++open;
    if (board_.under_way(index) == 0 && !board_.is_promised(index)) ++free;
  }
  if (one_takes_all) return open == 0 && board_.waiting() > 0;
  return open < way_.connections && free < board_.waiting();
}

void PageLoad::closed(std::size_t index, Instant now) {
  assert(is_open(index));
  const std::string trouble = connections_[index]->trouble();
  connections_[index].reset();
  board_.lose(index, trouble.empty() ? "the connection was closed" : trouble, now);

  if (board_.done() > done_before_) fruitless_connections_ = 0;
  done_before_ = board_.done();
  if (board_.waiting() == 0 || board_.done(index) > 0) return;
  if (++fruitless_connections_ < max_fruitless_connections) return;
  board_.abandon(fmt::format("{} connections in a row came to nothing: {}", fruitless_connections_,
                             board_.trouble(index)),
                 now);
}

Status PageLoad::outcome() const {
  assert(done());
  for (const Fetch& fetch : board_.all()) {
    if (fetch.outcome == Fetch::Outcome::failed) {
      return Failure{fmt::format("{}: {}", fetch.path, fetch.trouble)};
    }
    if (fetch.status < 200 || fetch.status > 299) {
      return Failure{fmt::format("{}: was answered {}", fetch.path, fetch.status)};
    }
  }
  return Done{};
}

}  // namespace muxlab::client
