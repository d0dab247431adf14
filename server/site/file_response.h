// How a file answers a request: which variant, whether the client has it already, which bytes of it
// (RFC 9110 sections 12.5.3, 13 and 14).
#pragma once

#include "common/http/request.h"
#include "common/http/response.h"
#include "server/site/file.h"

namespace muxlab::server::site {

// To GET and HEAD: 200, 206, 304, 412 or 416; 404 when the file has gone from the disk since.
// A request with a Range is answered from the content as it is: who asks for parts, of a film or of
// a broken download, means bytes of the file.
http::Response respond_to(const http::Request& request, const File& file);

// The whole content as it is, whatever was asked.
http::Response respond_with(const File& file);

}  // namespace muxlab::server::site
