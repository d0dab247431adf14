#include "common/http/response.h"

#include <algorithm>

namespace muxlab::http {

ReadOutcome SharedBody::read(MutableBytes room) {
  const Bytes rest = bytes_of(*content_).subspan(position_);
  const std::size_t count = std::min(rest.size(), room.size());
  std::copy_n(rest.begin(), count, room.begin());
  position_ += count;
  const bool at_end = position_ == content_->size();
  return {at_end ? ReadOutcome::Kind::end : ReadOutcome::Kind::some, count};
}

Response text_response(int status, std::string_view content_type, std::string content) {
  Response response;
  response.status = status;
  response.headers.add("content-type", content_type);
  response.content_length = content.size();
  response.body =
      std::make_unique<SharedBody>(std::make_shared<const std::string>(std::move(content)));
  return response;
}

bool may_have_content(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 426:
      return "Upgrade Required";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace muxlab::http
