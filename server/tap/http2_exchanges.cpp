#include "server/tap/http2_exchanges.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace muxlab::server::tap {
namespace {

// 0: the block names none, or none that can be read.
int status_of(const trace::HeaderBlock& block) {
  const std::string_view text = value_of(block, ":status").value_or("");
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool read = error == std::errc{} && end == text.data() + text.size();
  return read && status >= 100 && status <= 999 ? status : 0;
}

}  // namespace

Http2Exchanges::Stream* Http2Exchanges::find(std::uint32_t stream) {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : &found->second;
}

bool Http2Exchanges::is_open(std::uint32_t stream) const {
  const auto found = streams_.find(stream);
  return found != streams_.end() && !found->second.over;
}

void Http2Exchanges::headers(const Http2Section& section) {
  Stream* const stream = find(section.stream);
  if (section.direction == Direction::down) {
    if (stream != nullptr) answer(*stream, section);
    return;
  }
  if (stream != nullptr) return exchanges_.add_request_fields(stream->exchange, section.fields);
  if (!opens(section.stream)) return;
  last_opened_ = section.stream;
  open(section.stream, section);
}

void Http2Exchanges::promise(const Http2Section& section) {
  const bool opens = section.direction == Direction::down && section.promised % 2 == 0 &&
                     section.promised > last_promised_;
  if (!opens) return;
  last_promised_ = section.promised;
  open(section.promised, section);
}

void Http2Exchanges::open(std::uint32_t id, const Http2Section& section) {
  if (streams_.size() == most_streams) forget_oldest();
  const trace::HeaderBlock& block = section.fields.block;
  const bool is_promise = section.direction == Direction::down;
  Stream stream;
  stream.exchange =
      exchanges_.begin({.stream = id,
                        .method = std::string{value_of(block, ":method").value_or("")},
                        .path = std::string{value_of(block, ":path").value_or("")},
                        .pushed = is_promise,
                        .promised_on = is_promise ? section.stream : 0},
                       section.fields, section.span);
  if (const auto early = early_priorities_.find(id); early != early_priorities_.end()) {
    exchanges_.prioritize(stream.exchange, early->second);
    early_priorities_.erase(early);
  }
  streams_.emplace(id, stream);
}

void Http2Exchanges::forget_oldest() {
  if (over_.empty()) {
    streams_.erase(streams_.begin());
  } else {
    streams_.erase(over_.front());
    over_.pop_front();
  }
}

// Interim answers, then the final one's head, then trailers.
void Http2Exchanges::answer(Stream& stream, const Http2Section& section) {
  const int status = status_of(section.fields.block);
  if (stream.answered || status < 200) {
    exchanges_.add_answer_fields(stream.exchange, section.fields);
  } else {
    stream.answered = true;
    exchanges_.answer(stream.exchange, status, section.fields, section.span.first);
  }
  if (!section.ends_stream) return;
  exchanges_.complete(stream.exchange, section.span.last);
  end(section.stream, stream);
}

void Http2Exchanges::data(Direction direction, std::uint32_t id, std::uint32_t content_bytes,
                          bool ends_stream, const Moment& last) {
  Stream* const stream = find(id);
  if (stream == nullptr) return;
  if (direction == Direction::up) {
    return exchanges_.add_request_content(stream->exchange, content_bytes);
  }
  exchanges_.add_content(stream->exchange, content_bytes);
  if (!ends_stream) return;
  exchanges_.complete(stream->exchange, last);
  end(id, *stream);
}

void Http2Exchanges::reset(std::uint32_t id, std::uint32_t code) {
  Stream* const stream = find(id);
  if (stream == nullptr) return;
  exchanges_.reset(stream->exchange, code);
  end(id, *stream);
}

void Http2Exchanges::end(std::uint32_t id, Stream& stream) {
  if (!std::exchange(stream.over, true)) over_.push_back(id);
}

void Http2Exchanges::prioritize(std::uint32_t id, const std::string& priority) {
  if (const Stream* const stream = find(id)) {
    return exchanges_.prioritize(stream->exchange, priority);
  }
  const bool to_come = id % 2 == 1 && id > last_opened_;
  if (!to_come) return;
  if (early_priorities_.size() < most_early_priorities || early_priorities_.contains(id)) {
    early_priorities_[id] = priority;
  }
}

}  // namespace muxlab::server::tap
