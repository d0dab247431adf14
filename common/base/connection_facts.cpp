#include "common/base/connection_facts.h"

namespace muxlab {

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http10:
      return "http/1.0";
    case Protocol::http11:
      return "http/1.1";
    case Protocol::http2:
      return "h2";
  }
  return "";
}

}  // namespace muxlab
