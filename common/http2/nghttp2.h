// nghttp2 as its versions from 1.52 to 1.70 have it. 1.60 gave what counts in ssize_t a successor
// that counts in ptrdiff_t and ends in 2 or 3; here the successors stand over older versions too,
// and what they succeed is hidden. nghttp2's header is included nowhere else.
#pragma once

#include <nghttp2/nghttp2ver.h>

#define MUXLAB_NGHTTP2_SINCE(major, minor) (NGHTTP2_VERSION_NUM >= ((major) << 16 | (minor) << 8))

#if MUXLAB_NGHTTP2_SINCE(1, 60)
#define NGHTTP2_NO_SSIZE_T
#endif
#include <nghttp2/nghttp2.h>

#if !MUXLAB_NGHTTP2_SINCE(1, 60)
using nghttp2_ssize = ssize_t;
using nghttp2_data_provider2 = nghttp2_data_provider;
inline constexpr auto* nghttp2_session_mem_recv2 = nghttp2_session_mem_recv;
inline constexpr auto* nghttp2_session_mem_send2 = nghttp2_session_mem_send;
inline constexpr auto* nghttp2_submit_request2 = nghttp2_submit_request;
inline constexpr auto* nghttp2_submit_response2 = nghttp2_submit_response;
inline constexpr auto* nghttp2_hd_inflate_hd3 = nghttp2_hd_inflate_hd2;
inline constexpr auto* nghttp2_session_callbacks_set_select_padding_callback2 =
    nghttp2_session_callbacks_set_select_padding_callback;
#endif
