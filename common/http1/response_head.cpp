#include "common/http1/response_head.h"

#include <array>
#include <cassert>

#include "common/http/response.h"

namespace muxlab::http1 {

ResponseHeadWriter::ResponseHeadWriter(ByteQueue& out, int status) : HeadWriter(out) {
  assert(status >= 100 && status <= 999);
  const std::array<char, 4> code{static_cast<char>('0' + status / 100),
                                 static_cast<char>('0' + status / 10 % 10),
                                 static_cast<char>('0' + status % 10), ' '};
  // We are HTTP/1.1 whatever the request's minor version was (RFC 9110 section 6.2).
  write("HTTP/1.1 ");
  write({code.data(), code.size()});
  write(http::reason_phrase(status));
  write("\r\n");
}

}  // namespace muxlab::http1
