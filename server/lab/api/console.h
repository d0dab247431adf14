// The console: the lab's own page and API, on a port of its own that is never shaped and never
// tapped. Answers /, its files, GET /api/lanes, GET /api/visitor, GET /metrics, GET /healthz and
// the calls about lines and runs; errors are problems (RFC 9457).
#pragma once

#include <memory>
#include <vector>

#include "common/http/handler.h"
#include "server/lab/api/lines.h"
#include "server/lab/api/runs.h"
#include "server/lab/lane.h"
#include "server/site/files.h"

namespace muxlab::server::lab::api {

class Console final : public http::Handler {
 public:
  // Needs lanes that listen already; `lab` outlives the console and its connections.
  Console(std::shared_ptr<const site::Files> files, const std::vector<Lane>& lanes, Lab& lab);

  void answer(const http::Request& request, http::Responder& responder) override;

  // The same lanes with other rules, after a reload.
  void show(const std::vector<Lane>& lanes);

  // From now on the health check says that this server ends, and whoever watches is told no more.
  void begin_drain();

 private:
  http::Response answer_to(const http::Request& request) const;

  std::shared_ptr<const site::Files> files_;
  std::vector<Lane> lanes_;
  Lab& lab_;
  LinesApi lines_api_;
  RunsApi runs_api_;
  bool draining_ = false;
};

}  // namespace muxlab::server::lab::api
