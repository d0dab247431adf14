#include "common/http/health.h"

namespace muxlab::http {

Response health_response(bool draining) {
  Response response = text_response(draining ? 503 : 200, "text/plain; charset=utf-8",
                                    draining ? "draining\n" : "ok\n");
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace muxlab::http
