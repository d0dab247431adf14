// What is asked of the servers, and what they answer: the same of ours and of the bare ones.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/connection_facts.h"
#include "common/http/headers.h"

namespace muxlab::bench {

struct Load {
  enum class Unit {
    request,    // of one connection that lasts
    handshake,  // by TLS 1.3, without a request
    connection  // handshake, one request, end
  };

  std::string_view name;
  std::string_view title;
  Protocol protocol;
  Unit unit = Unit::request;
  bool tls = false;
  bool resumes = false;  // the TLS session
  bool browser = false;  // asks with a browser's fields
  std::size_t streams_at_once = 1;
  std::size_t content_bytes = 1024;

  // So many are counted, twice.
  std::size_t units() const;
};

const std::vector<Load>& all_loads();

// Fields beside host, or the pseudo-header fields: what h2load sends, or what Chromium does.
http::Headers request_fields(const Load& load);

// The content of an answer, and the handler's fields with it; the session's come behind.
std::shared_ptr<const std::string> content_of(const Load& load);
http::Headers answer_fields();

inline constexpr std::string_view authority = "localhost:8443";
inline constexpr std::string_view path = "/objects/1.bin";

}  // namespace muxlab::bench
