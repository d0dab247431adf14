// What nghttp2 calls from inside mem_recv and mem_send, for one Endpoint. They only note what
// happened, and fetch content: none calls back into whoever owns the endpoint. Private to
// common/http2.
#pragma once

#include "common/http2/endpoint.h"
#include "common/http2/nghttp2.h"

namespace muxlab::http2 {

struct Endpoint::Callbacks {
  // All of them, for nghttp2_session_*_new; the caller owns the result.
  static nghttp2_session_callbacks* make();

  // The source of a stream's content (nghttp2_data_provider2).
  static nghttp2_ssize read_content(nghttp2_session*, std::int32_t id, std::uint8_t*,
                                    std::size_t most, std::uint32_t* flags, nghttp2_data_source*,
                                    void* user_data);

 private:
  static Endpoint& self(void* user_data);
  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_bytes, const std::uint8_t* value, std::size_t value_bytes,
                       std::uint8_t, void* user_data);
  static int on_invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*,
                               std::size_t, const std::uint8_t*, std::size_t, std::uint8_t, void*);
  static int on_frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int on_content(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                        std::size_t count, void* user_data);
  static int on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int error,
                              void* user_data);
  static int before_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t code,
                              void* user_data);
  static int send_content(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* header,
                          std::size_t count, nghttp2_data_source*, void* user_data);
  static void note_received(Endpoint& endpoint, const nghttp2_frame& frame);
};

}  // namespace muxlab::http2
