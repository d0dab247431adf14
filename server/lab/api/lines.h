// The console's calls about lines: the presets, a client's line on a lane, and the loss of the next
// segments of a connection. docs/api.md describes them for their users.
#pragma once

#include "common/http/handler.h"
#include "server/lab/own_names.h"
#include "server/line/lines.h"

namespace muxlab::server::lab::api {

class LinesApi {
 public:
  // Both outlive this; `lines` also what it accepted.
  LinesApi(line::Lines& lines, const OwnNames& names) : lines_(lines), names_(names) {}

  // False: the address is none of these, and nothing was done. Else the request was answered, or
  // its content accepted.
  bool answer(const http::Request& request, http::Responder& responder);

 private:
  void answer_presets(const http::Request& request, http::Responder& responder) const;
  // What stands behind /api/lines/.
  void answer_line(std::string_view rest, const http::Request& request, http::Responder& responder);
  // What stands behind /api/connections/.
  void answer_connection(std::string_view rest, const http::Request& request,
                         http::Responder& responder);

  line::Lines& lines_;
  const OwnNames& names_;
};

}  // namespace muxlab::server::lab::api
