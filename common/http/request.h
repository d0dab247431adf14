// A request, the same whichever dialect carried it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/connection_facts.h"
#include "common/http/headers.h"

namespace muxlab::http {

struct Request {
  Protocol protocol = Protocol::http11;
  std::string method;
  std::string authority;  // Host or :authority; empty where HTTP/1.0 sent none
  std::string target;     // origin-form, "/mosaic/?tiles=100"; "*" for OPTIONS *
  Headers headers;        // without pseudo-header fields

  const ConnectionFacts* connection = nullptr;  // outlives the request
  std::uint64_t nth = 1;                        // which request on its connection, from 1
  std::uint32_t stream = 0;                     // HTTP/2 stream; 0 on HTTP/1

  std::string_view path() const { return std::string_view{target}.substr(0, target.find('?')); }

  // What follows the "?"; empty when there is none.
  std::string_view query() const {
    const std::size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view{}
                                     : std::string_view{target}.substr(mark + 1);
  }
};

}  // namespace muxlab::http
