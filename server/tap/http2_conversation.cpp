#include "server/tap/http2_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace muxlab::server::tap {
namespace {

using trace::FrameType;

// RFC 9113 section 6.5.2.
constexpr std::uint16_t header_table_size = 0x1;
constexpr std::uint16_t max_frame_size = 0x5;

void remember(std::vector<trace::Setting>& said, trace::Setting setting) {
  const auto known = std::find_if(said.begin(), said.end(),
                                  [&](const auto& each) { return each.first == setting.first; });
  if (known != said.end()) {
    known->second = setting.second;
  } else if (said.size() < most_remembered_settings) {
    said.push_back(setting);
  }
}

bool begins_block(const Http2Frame& frame) {
  return frame.frame.type == FrameType::headers || frame.frame.type == FrameType::push_promise;
}

}  // namespace

Status Http2Conversation::take(Direction direction, Bytes plaintext, const Moment& moment) {
  while (!plaintext.empty()) {
    Result<std::optional<Http2Frame>> taken = way(direction).frames.take(plaintext, moment);
    if (!taken.ok()) return taken.failure();
    if (!taken.value()) return Done{};
    const Status shown = take_frame(std::move(*taken.value()));
    if (!shown.ok()) return shown;
  }
  return Done{};
}

Status Http2Conversation::take_frame(Http2Frame frame) {
  const bool within = !way(frame.frame.direction).block.empty();
  const bool continues = frame.frame.type == FrameType::continuation;
  if (continues && !within) return Failure{"a CONTINUATION frame continues no header block"};
  if (within && !continues) {
    return Failure{
        fmt::format("a {} frame stands within a header block", trace::name_of(frame.frame.type))};
  }
  if (continues || begins_block(frame)) return take_block_frame(std::move(frame));
  watch_windows(frame.frame);
  if (frame.frame.type == FrameType::settings) {
    const Status taken = take_settings(frame.frame);
    if (!taken.ok()) return taken;
  }
  take_message_frame(std::move(frame));
  return Done{};
}

// --- Header blocks (RFC 9113 section 4.3)

Status Http2Conversation::take_block_frame(Http2Frame frame) {
  const Direction direction = frame.frame.direction;
  Way& on = way(direction);
  if (!on.block.empty() && on.block.front().frame.stream != frame.frame.stream) {
    return Failure{"a CONTINUATION frame belongs to another stream than its header block"};
  }
  if (on.block.size() > most_continuations) {
    return Failure{"a header block has more than 64 CONTINUATION frames"};
  }
  if (on.block_bytes.size() + frame.fragment.size() > most_fragment_bytes) {
    return Failure{"a header block is longer than 128 KiB"};
  }
  on.block_bytes += std::exchange(frame.fragment, {});
  const bool whole = frame.has_flag(flag_end_headers);
  on.block.push_back(std::move(frame));
  return whole ? finish_block(direction) : Done{};
}

Status Http2Conversation::finish_block(Direction direction) {
  Way& on = way(direction);
  auto decoded = on.hpack.decode(bytes_of(on.block_bytes));
  if (!decoded.ok()) return decoded.failure();

  const Http2Frame& begin = on.block.front();
  auto& detail = *std::get_if<trace::HeadersDetail>(&on.block.front().frame.detail);
  const trace::HeaderBlock& fields = *decoded.value();  // stays where it is, kept or not
  const bool requests = direction == Direction::up && exchanges_.opens(begin.frame.stream);
  if (requests && exchanges_.count() > 0 &&
      writer_.divides(value_of(fields, ":path").value_or(""))) {
    writer_.begin_chapter(beginning());
  }
  on.table.apply(fields);
  std::uint64_t bytes = 0;
  for (const Http2Frame& frame : on.block) bytes += http2_frame_header_bytes + frame.frame.length;
  const bool promises = begin.frame.type == FrameType::push_promise;
  const Http2Section section{.direction = direction,
                             .stream = begin.frame.stream,
                             .promised = detail.promised_stream,
                             .ends_stream = !promises && begin.has_flag(flag_end_stream),
                             .fields = {fields, bytes},
                             .span = {begin.first, on.block.back().last}};
  detail.block = std::move(decoded.value());

  // A frame that is not kept keeps its block until these are gone.
  std::vector<Http2Frame> frames = std::exchange(on.block, {});
  on.block_bytes.clear();
  for (Http2Frame& frame : frames) writer_.add(std::move(frame.frame));
  promises ? exchanges_.promise(section) : exchanges_.headers(section);
  return Done{};
}

std::uint64_t Http2Conversation::Way::begin() const {
  return block.empty() ? frames.frame_begin() : block.front().frame.plain_begin;
}

trace::Beginning Http2Conversation::beginning() const {
  trace::Beginning beginning;
  for (const std::size_t direction : {0, 1}) {
    const Way& on = ways_[direction];
    beginning.plain_begin[direction] = on.begin();
    beginning.settings[direction] = on.said;
    beginning.tables[direction] = on.table;
  }
  beginning.windows = windows_;
  beginning.windows.keep_streams(
      [this](std::uint32_t stream) { return exchanges_.is_open(stream); });
  return beginning;
}

// Of streams that are over too, as their windows may still be given more; but not of all that ever
// were.
void Http2Conversation::watch_windows(const trace::Frame& frame) {
  windows_.apply(frame);
  if (windows_.streams() <= 2 * most_streams) return;
  windows_.keep_streams([this](std::uint32_t stream) { return exchanges_.is_open(stream); });
}

void Http2Conversation::end() {
  for (Way& on : ways_) show_block(on);
}

void Http2Conversation::show_block(Way& on) {
  for (Http2Frame& frame : std::exchange(on.block, {})) writer_.add(std::move(frame.frame));
}

// --- SETTINGS (RFC 9113 section 6.5.3)

Status Http2Conversation::take_settings(const trace::Frame& frame) {
  if ((frame.flags & flag_acknowledges) != 0) {
    acknowledge_settings(frame.direction);
    return Done{};
  }
  TableLimits limits;
  for (const auto& [identifier, value] : std::get<trace::SettingsDetail>(frame.detail).settings) {
    remember(way(frame.direction).said, {identifier, value});
    if (identifier == header_table_size) {
      limits.least = std::min(limits.least.value_or(value), value);
      limits.last = value;
    } else if (identifier == max_frame_size) {
      way(opposite(frame.direction)).frames.allow_frames_of(value);
    }
  }
  std::deque<TableLimits>& underway = way(frame.direction).settings;
  if (underway.size() == most_settings_underway) {
    return Failure{"more than 256 SETTINGS frames wait to be acknowledged"};
  }
  underway.push_back(limits);
  return Done{};
}

// Whoever acknowledges has taken the settings into use: for the header blocks that it sends.
void Http2Conversation::acknowledge_settings(Direction acknowledging) {
  std::deque<TableLimits>& underway = way(opposite(acknowledging)).settings;
  if (underway.empty()) return;
  const TableLimits limits = underway.front();
  underway.pop_front();
  HpackDecoder& hpack = way(acknowledging).hpack;
  if (limits.least) hpack.limit_table(*limits.least);
  if (limits.last) hpack.limit_table(*limits.last);
}

// --- Messages

void Http2Conversation::take_message_frame(Http2Frame frame) {
  trace::Frame& seen = frame.frame;
  const FrameType type = seen.type;
  const Direction direction = seen.direction;
  const std::uint32_t stream = seen.stream;
  const bool ends_stream = frame.has_flag(flag_end_stream);
  std::uint32_t code = 0;
  trace::PriorityUpdateDetail update{};
  if (type == FrameType::rst_stream) code = std::get<trace::ErrorDetail>(seen.detail).code;
  if (type == FrameType::priority_update) {
    update = std::get<trace::PriorityUpdateDetail>(seen.detail);
  }
  writer_.add(std::move(seen));
  if (type == FrameType::data) {
    exchanges_.data(direction, stream, frame.content_bytes, ends_stream, frame.last);
  } else if (type == FrameType::rst_stream) {
    exchanges_.reset(stream, code);
  } else if (type == FrameType::priority_update && direction == Direction::up) {
    exchanges_.prioritize(update.stream, update.value);
  }
}

}  // namespace muxlab::server::tap
