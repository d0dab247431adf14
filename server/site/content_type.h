// What a file's name says about its content: its type, whether a browser may keep it, whether
// compressing it pays.
#pragma once

#include <string_view>

namespace muxlab::server::site {

// "text/css; charset=utf-8" for "style.css", however its ending is written. Text is UTF-8 here.
// application/octet-stream for an unknown ending.
std::string_view content_type_of(std::string_view name);

// "no-store" for pages and their descriptions: loaded again, a page must be fetched again, or there
// would be nothing to see. "no-cache" for what a page is made of: a browser may keep what was
// pushed or hinted, and asks whether it still holds.
std::string_view cache_control_of(std::string_view name);

// Text of any kind. Pictures and fonts are compressed already.
bool is_compressible(std::string_view content_type);

}  // namespace muxlab::server::site
