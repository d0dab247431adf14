// The table of keys for a reader: as an example to start from, as a JSON Schema for editors, and as
// the tables of docs/configuration.md. Nothing in them is written twice.
#pragma once

#include <string>

namespace muxlab::server {

// A complete file with every key at its default and a comment at each: what `muxlab serve` does
// without one.
std::string configuration_example();

// JSON Schema, draft 2020-12.
std::string configuration_schema();

// Markdown: the keys of the file, of a lane, and the limits that are fixed.
std::string configuration_tables();

// The manual page muxlab.json(5), in mdoc(7): every key, with what the tables say of it.
std::string configuration_manual();

}  // namespace muxlab::server
