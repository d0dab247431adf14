#include "bench/instructions/bare_nghttp2.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bench/instructions/load.h"
#include "common/http/date.h"
#include "common/http2/nghttp2.h"

namespace muxlab::bench {
namespace {

nghttp2_nv field(std::string_view name, std::string_view value,
                 std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  return {const_cast<std::uint8_t*>(bytes_of(name).data()),
          const_cast<std::uint8_t*>(bytes_of(value).data()), name.size(), value.size(), flags};
}

// How far one answer's content has been read.
struct Answer {
  std::size_t position = 0;
};

class BareNghttp2 final : public ProducingEnd {
 public:
  explicit BareNghttp2(std::shared_ptr<const std::string> content)
      : content_(std::move(content)),
        length_(std::to_string(content_->size())),
        handler_fields_(answer_fields()) {
    static nghttp2_session_callbacks* const callbacks = make_callbacks();
    nghttp2_session_server_new(&session_, callbacks, this);
    const std::array<nghttp2_settings_entry, 2> settings{
        {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100},
         {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  }
  ~BareNghttp2() override { nghttp2_session_del(session_); }
  BareNghttp2(const BareNghttp2&) = delete;
  BareNghttp2& operator=(const BareNghttp2&) = delete;

  void receive(Bytes bytes) override {
    if (nghttp2_session_mem_recv2(session_, bytes.data(), bytes.size()) < 0) {
      throw std::runtime_error("nghttp2 has failed");
    }
    produce();
  }

 private:
  void produce() override {
    while (output_.size() < output_limit_bytes) {
      const std::uint8_t* frame = nullptr;
      const nghttp2_ssize count = nghttp2_session_mem_send2(session_, &frame);
      if (count <= 0) return;
      output_.append({frame, static_cast<std::size_t>(count)});
    }
  }

  // The fields that muxlab sends, in its order.
  void respond(std::int32_t stream) {
    std::array<char, 32> timing{"stream;desc=\""};
    char* end = std::to_chars(timing.data() + 13, timing.end() - 1, stream).ptr;
    *end++ = '"';
    std::vector<nghttp2_nv> fields{field(":status", "200")};
    for (const auto [name, value] : handler_fields_) fields.push_back(field(name, value));
    fields.push_back(field("date", date_.text()));
    fields.push_back(field("content-length", length_, NGHTTP2_NV_FLAG_NO_INDEX));
    fields.push_back(field("server-timing", "conn;desc=\"c1\""));
    fields.push_back(field("server-timing", {timing.data(), end}, NGHTTP2_NV_FLAG_NO_INDEX));
    auto* answer = new Answer;  // stream_closed() frees it
    nghttp2_session_set_stream_user_data(session_, stream, answer);
    const nghttp2_data_provider2 provider{{.ptr = answer}, read_content};
    nghttp2_submit_response2(session_, stream, fields.data(), fields.size(), &provider);
  }

  static BareNghttp2& self(void* user_data) { return *static_cast<BareNghttp2*>(user_data); }

  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_HEADERS) self(user_data).respond(frame->hd.stream_id);
    return 0;
  }

  static nghttp2_ssize read_content(nghttp2_session*, std::int32_t, std::uint8_t* room,
                                    std::size_t most, std::uint32_t* flags,
                                    nghttp2_data_source* source, void* user_data) {
    const std::string& content = *self(user_data).content_;
    std::size_t& position = static_cast<Answer*>(source->ptr)->position;
    const std::size_t count = std::min(most, content.size() - position);
    std::copy_n(content.data() + position, count, room);
    position += count;
    if (position == content.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<nghttp2_ssize>(count);
  }

  static int stream_closed(nghttp2_session* session, std::int32_t stream, std::uint32_t, void*) {
    delete static_cast<Answer*>(nghttp2_session_get_stream_user_data(session, stream));
    return 0;
  }

  static nghttp2_session_callbacks* make_callbacks() {
    nghttp2_session_callbacks* all = nullptr;
    nghttp2_session_callbacks_new(&all);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, frame_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, stream_closed);
    return all;
  }

  std::shared_ptr<const std::string> content_;
  std::string length_;
  http::Headers handler_fields_;
  http::DateStamp date_{std::chrono::sys_seconds{}};
  nghttp2_session* session_ = nullptr;
};

}  // namespace

std::unique_ptr<End> bare_nghttp2(std::shared_ptr<const std::string> content) {
  return std::make_unique<BareNghttp2>(std::move(content));
}

}  // namespace muxlab::bench
