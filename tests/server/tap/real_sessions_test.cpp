// What real ends say to each other: the frames are those that nghttp2's callbacks tell of, and any
// cut of the bytes gives the same trace.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/http2/nghttp2.h"
#include "tests/support/http1_conversation.h"
#include "tests/support/http2_pair.h"
#include "tests/support/trace_text.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

// --- The frames as nghttp2 sees them

// "type flags stream length", then each field on a line of its own.
struct Heard {
  std::vector<std::string> frames;
  std::string fields;  // of the frame being heard
};

std::string line_of(const nghttp2_frame_hd& header) {
  return std::to_string(header.type) + " " + std::to_string(header.flags) + " " +
         std::to_string(header.stream_id) + " " + std::to_string(header.length);
}

int on_field(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t names,
             const std::uint8_t* value, std::size_t values, std::uint8_t, void* heard) {
  static_cast<Heard*>(heard)->fields +=
      "\n" + std::string{text_of({name, names})} + ": " + std::string{text_of({value, values})};
  return 0;
}

int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  auto* heard = static_cast<Heard*>(user_data);
  heard->frames.push_back(line_of(frame->hd) + std::exchange(heard->fields, ""));
  return 0;
}

struct Free {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Session = std::unique_ptr<nghttp2_session, Free>;

nghttp2_ssize read_letters(nghttp2_session*, std::int32_t, std::uint8_t* room, std::size_t most,
                           std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& left = *static_cast<std::size_t*>(source->ptr);
  const std::size_t count = std::min(most, left);
  std::fill_n(room, count, 'x');
  left -= count;
  if (left == 0) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<nghttp2_ssize>(count);
}

nghttp2_ssize add_padding(nghttp2_session*, const nghttp2_frame* frame, std::size_t most, void*) {
  return static_cast<nghttp2_ssize>(std::min(most, frame->hd.length + frame->hd.length % 7));
}

Session session(bool server, Heard& heard) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_select_padding_callback2(callbacks, add_padding);
  nghttp2_session* made = nullptr;
  server ? nghttp2_session_server_new(&made, callbacks, &heard)
         : nghttp2_session_client_new(&made, callbacks, &heard);
  nghttp2_session_callbacks_del(callbacks);
  return Session{made};
}

nghttp2_nv field(std::string_view name, std::string_view value,
                 std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

// All that one end has to say goes to the other, and to the tap.
bool speak(nghttp2_session& from, nghttp2_session& to, Direction direction, Watched& watched) {
  const std::uint8_t* bytes = nullptr;
  bool spoke = false;
  for (nghttp2_ssize count = 0; (count = nghttp2_session_mem_send2(&from, &bytes)) > 0;
       spoke = true) {
    const Bytes said{bytes, static_cast<std::size_t>(count)};
    watched.say(direction, text_of(said));
    EXPECT_EQ(nghttp2_session_mem_recv2(&to, said.data(), said.size()), count);
  }
  return spoke;
}

// What the tap shows of one direction, the way it is heard. CONTINUATION is not told of by
// nghttp2: its length counts to the frame before.
std::vector<std::string> seen(const trace::ConnectionTrace& trace, Direction direction) {
  std::vector<std::string> lines;
  for (const trace::Frame& frame : trace.frames) {
    if (frame.direction != direction || frame.type == trace::FrameType::preface) continue;
    std::string line = std::to_string(frame.code) + " " + std::to_string(frame.flags) + " " +
                       std::to_string(frame.stream) + " " + std::to_string(frame.length);
    if (const auto* headers = std::get_if<trace::HeadersDetail>(&frame.detail)) {
      for (const trace::FieldLine& each : headers->block->fields) {
        line += "\n" + each.name + ": " + each.value;
      }
    }
    lines.push_back(line);
  }
  return lines;
}

trace::TableState last_table(const trace::ConnectionTrace& trace, Direction direction) {
  trace::TableState last;
  std::uint32_t evicted = 0;
  for (const trace::Frame& frame : trace.frames) {
    const auto* headers = std::get_if<trace::HeadersDetail>(&frame.detail);
    if (headers == nullptr || frame.direction != direction) continue;
    last = *headers->block->table;
    evicted += last.evicted;
  }
  EXPECT_GT(evicted, 0U);
  return last;
}

TEST(RealSessions, TheFramesAreThoseThatNghttp2TellsOf) {
  Heard by_server, by_client;
  const Session server = session(true, by_server);
  const Session client = session(false, by_client);
  Watched watched;
  watched.secure("h2");
  const std::array<nghttp2_settings_entry, 3> settings{
      {{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 200},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 100'000},
       {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 50}}};
  nghttp2_submit_settings(client.get(), 0, settings.data(), settings.size());
  nghttp2_submit_settings(server.get(), 0, settings.data(), settings.size());
  const auto talk = [&] {
    while (speak(*client, *server, Direction::up, watched) |
           speak(*server, *client, Direction::down, watched)) {
    }
  };
  talk();

  std::array<std::size_t, 21> content{};
  const std::string cookie(90, 'c');
  for (std::size_t n = 0; n < content.size(); ++n) {
    const std::string path = "/picture-" + std::to_string(n);
    const std::string agent = "a test of the tap, " + std::to_string(n);
    const std::array request{
        field(":method", "GET"),          field(":scheme", "https"),
        field(":authority", "localhost"), field(":path", path),
        field("user-agent", agent),       field("cookie", cookie, NGHTTP2_NV_FLAG_NO_INDEX)};
    const nghttp2_priority_spec depends{0, static_cast<std::int32_t>(n % 256 + 1), 0};
    const std::int32_t stream =
        nghttp2_submit_request2(client.get(), n % 2 == 0 ? &depends : nullptr, request.data(),
                                request.size(), nullptr, nullptr);
    talk();
    if (n % 5 == 0) {
      const std::array promised{field(":method", "GET"), field(":scheme", "https"),
                                field(":authority", "localhost"), field(":path", "/style.css")};
      const std::int32_t pushed = nghttp2_submit_push_promise(
          server.get(), 0, stream, promised.data(), promised.size(), nullptr);
      const std::array answer{field(":status", "204")};
      nghttp2_submit_response2(server.get(), pushed, answer.data(), answer.size(), nullptr);
    }
    content[n] = 700 * n;
    const std::array answer{field(":status", n % 3 == 0 ? "200" : "404"),
                            field("content-type", "image/png"), field("server", agent)};
    const nghttp2_data_provider2 body{{.ptr = &content[n]}, read_letters};
    nghttp2_submit_response2(server.get(), stream, answer.data(), answer.size(), &body);
    talk();
  }
  nghttp2_submit_ping(client.get(), 0, nullptr);
  nghttp2_submit_goaway(server.get(), 0, 41, 0, nullptr, 0);
  talk();

  EXPECT_EQ(watched.trace.trouble, "");
  EXPECT_GT(by_client.frames.size(), 50U);
  EXPECT_EQ(seen(watched.trace, Direction::up), by_server.frames);
  EXPECT_EQ(seen(watched.trace, Direction::down), by_client.frames);

  // The tables end as the inflaters of the two ends do.
  EXPECT_EQ(last_table(watched.trace, Direction::up).bytes,
            nghttp2_session_get_hd_inflate_dynamic_table_size(server.get()));
  EXPECT_EQ(last_table(watched.trace, Direction::down).bytes,
            nghttp2_session_get_hd_inflate_dynamic_table_size(client.get()));
}

// --- Any cut gives the same trace

struct Said {
  Direction direction;
  std::string bytes;
};
using Talk = std::vector<Said>;

std::string trace_of(const Talk& talk, const std::string& alpn, std::size_t record, std::size_t cut,
                     std::size_t each = std::string::npos) {
  Watched watched{each};
  watched.secure(alpn);
  for (std::size_t n = 0; n < talk.size(); ++n) {
    watched.say(talk[n].direction, talk[n].bytes, n == record ? cut : 0);
    if (n % 3 == 2) watched.land();
  }
  watched.end();
  EXPECT_EQ(watched.trace.trouble, "");
  EXPECT_GT(watched.trace.exchanges.size(), 3U);
  return text_of_trace(watched.trace);
}

void expect_same_however_cut(const Talk& talk, const std::string& alpn) {
  const std::string whole = trace_of(talk, alpn, 0, 0);
  for (const std::size_t each : {1U, 2U, 3U, 7U, 100U}) {
    ASSERT_EQ(trace_of(talk, alpn, 0, 0, each), whole) << "in pieces of " << each;
  }
  for (std::size_t record = 0; record < talk.size(); ++record) {
    for (std::size_t cut = 1; cut < talk[record].bytes.size(); ++cut) {
      ASSERT_EQ(trace_of(talk, alpn, record, cut), whole) << "record " << record << " at " << cut;
    }
  }
}

TEST(RealSessions, AnyCutOfAnHttp2TalkGivesTheSameTrace) {
  Http2Pair pair;
  pair.shelf.put("/", std::string(60, 'x'));
  pair.shelf.put("/style.css", "body {}");
  Talk talk;
  const auto turn = [&] {
    talk.push_back({Direction::up, pair.client_speaks()});
    ByteQueue out;
    pair.server.produce(out, 1 << 20, pair.now);
    talk.push_back({Direction::down, drain_to_text(out)});
    EXPECT_TRUE(pair.client.receive(bytes_of(talk.back().bytes)).ok());
  };
  pair.get("/", {{"priority", "u=1"}});
  pair.get("/style.css");
  turn();
  pair.get("/missing");
  pair.get("/", {{"if-none-match", "\"x\""}});
  turn();
  turn();
  std::erase_if(talk, [](const Said& said) { return said.bytes.empty(); });
  expect_same_however_cut(talk, "h2");
}

TEST(RealSessions, AnyCutOfAnHttp1TalkGivesTheSameTrace) {
  Talk talk;
  Http1Conversation conversation;
  for (const auto* request :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /missing HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nA: b\r\n\r\n"}) {
    talk.push_back({Direction::up, request});
    talk.push_back({Direction::down, conversation.say_and_hear(request)});
  }
  std::erase_if(talk, [](const Said& said) { return said.bytes.empty(); });
  expect_same_however_cut(talk, "http/1.1");
}

}  // namespace
}  // namespace muxlab::test
