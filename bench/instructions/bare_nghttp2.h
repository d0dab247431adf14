// A bare HTTP/2 server: nghttp2, answering each request with the same fields and content.
#pragma once

#include <memory>
#include <string>

#include "bench/instructions/end.h"

namespace muxlab::bench {

std::unique_ptr<End> bare_nghttp2(std::shared_ptr<const std::string> content);

}  // namespace muxlab::bench
