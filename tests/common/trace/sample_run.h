// A run made by hand: a connection of HTTP/2 and two of HTTP/1.1, one of them from an IPv6
// address. For the exports, and for whoever reads them.
#pragma once

#include "tests/common/trace/trace_builder.h"

namespace muxlab::test {

inline std::shared_ptr<const trace::ConnectionTrace> sample_http2(std::uint64_t id) {
  using trace::FrameType;
  ConnectionBuilder connection{Protocol::http2, id};
  connection.opened(0ms).greeted(80ms).ready(160ms).on_a_line().closed(900ms);
  connection.trace.facts.local_address = "127.0.0.1";
  connection.preface(160ms, 200ms);
  connection.settings(Direction::up, {{1, 4096}, {4, 131072}}, 160ms, 200ms);
  connection.settings(Direction::down, {{3, 100}}, 200ms, 240ms);
  connection.request(1, "/r/k3/mosaic/?tiles=2&x", 160ms, 200ms);
  connection.head(1, "text/html; charset=utf-8", 201ms, 241ms);
  connection.content(1, "<title>Mosa\xc3\xafque</title>", 201ms, 241ms, true);
  connection.request(3, "/r/k3/mosaic/a.png", 241ms, 281ms).priority = "u=5, i";
  connection.request(5, "/r/k3/mosaic/b.png", 241ms, 281ms);
  connection.head(3, "image/png", 282ms, 322ms);
  connection.head(5, "image/png", 282ms, 322ms);
  for (const Duration when : {282ms, 292ms, 302ms}) {
    connection.content(3, std::string(10000, 'a'), when, when + 40ms, when == 302ms);
    connection.content(5, std::string(5000, 'b'), when, when + 40ms, when == 302ms);
  }
  connection.window_update(Direction::up, 0, 45000, 342ms, 382ms);
  trace::PingDetail ping{{1, 2, 3, 4, 5, 6, 7, 255}};
  connection
      .frame(Direction::up, FrameType::ping, 0, 0, std::string{"\1\2\3\4\5\6\7\377", 8}, 350ms,
             390ms)
      .detail = ping;
  connection
      .frame(Direction::down, FrameType::goaway, 0, 0,
             std::string{"\0\0\0\5\0\0\0\xb", 8} + "calm down", 800ms, 840ms)
      .detail = trace::ErrorDetail{0xb, 5, "calm down"};
  connection.segment(0, 1448, 201ms, 241ms);
  connection.segment(1448, 1448, 202ms, 203ms, trace::Segment::Fate::lost);
  connection.trace.congestion.push_back({Direction::down, 10, 100, 2, at(201ms)});
  return connection.built();
}

inline std::shared_ptr<const trace::ConnectionTrace> sample_http1(std::uint64_t id) {
  ConnectionBuilder connection{Protocol::http11, id};
  connection.opened(10ms).closed(700ms, EndedBy::server);
  const std::string style = "p { color: red }";
  connection.request(1, "/r/k3/mosaic/style.css", 50ms, 90ms);
  connection.head(1, "text/css", 91ms, 131ms, style.size());
  connection.content(1, style, 91ms, 131ms, true);
  connection.request(1, "/r/k3/mosaic/large.bin", 132ms, 172ms);
  const std::string large(40000, 'x');
  connection.head(1, "application/octet-stream", 173ms, 213ms, large.size());
  connection.content(1, large, 173ms, 300ms, true);
  return connection.built();
}

inline std::shared_ptr<const trace::RunTrace> sample_run() {
  trace::RunTrace run = run_of({sample_http2(17), sample_http1(18)});
  ConnectionBuilder six{Protocol::http11, 19};
  six.opened(20ms);
  six.trace.facts.client_address = "2001:db8::7";
  six.trace.facts.client_port = run.connections[0]->facts.client_port;  // on another lane
  six.request(1, "/r/k3/mosaic/six.txt", 60ms, 100ms);
  six.head(1, "text/plain", 101ms, 141ms, 3);
  six.content(1, "six", 101ms, 141ms, true);
  run.connections.push_back({six.built()});
  run.run.id = "k3";
  run.run.way = "h2";
  run.run.lane = "h2";
  run.run.line_json = R"({"rtt_ms": 80})";
  // 2026-11-20T08:00:00Z
  run.run.started = std::chrono::system_clock::from_time_t(1795161600);
  run.run.reports = {{"/r/k3/mosaic/a.png", at(240ms + 500us), at(240ms + 600us)}};
  return std::make_shared<const trace::RunTrace>(std::move(run));
}

}  // namespace muxlab::test
