// Writing replaces a file whole, so that a reader sees the old one or the new one and never a part.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "common/base/bytes.h"
#include "common/base/result.h"

namespace muxlab::tls {

// A failure names the file and what is wrong; the cure is the caller's to add.
Status replace_file(const std::filesystem::path& file, ::mode_t mode, Bytes bytes);

}  // namespace muxlab::tls
