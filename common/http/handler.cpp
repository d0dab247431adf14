#include "common/http/handler.h"

namespace muxlab::http {

Response Responder::take() {
  if (!response_) return text_response(500, "text/plain; charset=utf-8", "Nobody answered.\n");
  Response response = std::move(*response_);
  response_.reset();
  return response;
}

}  // namespace muxlab::http
