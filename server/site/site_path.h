// What a request's path names: the run it belongs to, and the name that its percent-encoding stands
// for. Pure; knows nothing of files.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muxlab::server::site {

// The pages of a run stand under /r/ID/, so that every request names its run and misses the
// browser's cache. Relative addresses keep the prefix.
struct RunPath {
  std::string_view prefix;  // "/r/k3"; empty outside a run
  std::string_view path;    // "/mosaic/"; empty for "/r/k3" alone
};

// An ID is 1 to 16 characters of a-z and 0-9; any other path has no prefix.
RunPath split_run_prefix(std::string_view path);

// The name that a path stands for: "/a b" for "/a%20b". It lies in `room` when decoding changed it,
// else in the path itself. Refused, with a sentence that says why: a bad escape, an encoded NUL or
// slash (two paths for one file, or one path for two), a segment "." or ".." however it is written.
Result<std::string_view> decode_path(std::string_view path, std::string& room);

}  // namespace muxlab::server::site
