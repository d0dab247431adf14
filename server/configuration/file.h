// Reads the configuration file: JSON with // comments, held against the table of keys. What is not
// exactly right is refused with one line: the file, the key as a JSON Pointer (RFC 6901), the cure.
#pragma once

#include <filesystem>
#include <string_view>

#include "common/base/result.h"
#include "server/configuration/configuration.h"

namespace muxlab::server::configuration {

// Far above what describes every key of 64 lanes.
inline constexpr std::size_t max_configuration_bytes = 1024 * 1024;

// What is not in the file has its default. A relative path in it is meant from the file's folder.
Result<Configuration> read_configuration(const std::filesystem::path& file);

// The same with the text at hand; `file` is what messages name and paths are meant from.
Result<Configuration> parse_configuration(std::string_view text, const std::filesystem::path& file);

}  // namespace muxlab::server::configuration
