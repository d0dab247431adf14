// Content with the fields that it is sent with, made once and shared by every answer that sends it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/http/headers.h"
#include "common/http/response.h"

namespace muxlab::server::site {

struct Representation {
  http::Headers headers;
  std::shared_ptr<const std::string> content;
};

// Content that the server makes itself: fetched again every time (no-store).
Representation made_here(std::string_view content_type, std::string content);

// The fields of an answer without content, and of content made here with its type before them.
// Every answer lets other origins see its timing: the console measures what the lanes serve.
http::Headers plain_headers();
http::Headers made_here_headers(std::string_view content_type);

// A 200 that shares the content.
http::Response respond_with(const Representation& representation);

}  // namespace muxlab::server::site
