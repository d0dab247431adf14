// muxlab's own server ends: a session without TLS, a channel that shakes hands, and a connection as
// the server makes it, with no socket below and no clock.
#pragma once

#include <memory>

#include "bench/instructions/end.h"
#include "bench/instructions/load.h"
#include "common/connection/connection.h"
#include "common/http/handler.h"
#include "common/http/service.h"
#include "common/http/session.h"
#include "common/tls/server_identity.h"

namespace muxlab::bench {

// Answers every request with the load's content.
class OneAnswer final : public http::Handler {
 public:
  explicit OneAnswer(const Load& load) : content_(content_of(load)), fields_(answer_fields()) {}
  void answer(const http::Request& request, http::Responder& responder) override;

 private:
  std::shared_ptr<const std::string> content_;
  http::Headers fields_;
};

// What all connections of a server share.
class MuxlabServer {
 public:
  // `identity` outlives the server.
  MuxlabServer(const Load& load, const tls::ServerIdentity& identity);

  // What the load asks for: a session, a connection, or a channel alone. Outlived by the server.
  std::unique_ptr<End> accept() const;

  const http::Service& service() const { return service_; }

 private:
  Load load_;
  const tls::ServerIdentity& identity_;
  OneAnswer handler_;
  http::DateStamp date_;
  http::Service service_;
  connection::SessionChooser choose_;
};

}  // namespace muxlab::bench
