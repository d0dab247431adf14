#include <fmt/format.h>

#include "server/commands.h"
#include "server/configuration_file.h"
#include "server/configuration_report.h"

namespace muxlab::server {

int show_configuration(const ConfigSettings& settings) {
  switch (settings.what) {
    case ConfigSettings::What::example:
      fmt::print("{}", configuration_example());
      return 0;
    case ConfigSettings::What::schema:
      fmt::print("{}", configuration_schema());
      return 0;
    case ConfigSettings::What::tables:
      fmt::print("{}", configuration_tables());
      return 0;
    case ConfigSettings::What::manual:
      fmt::print("{}", configuration_manual());
      return 0;
    case ConfigSettings::What::check:
      break;
  }
  const auto read = read_configuration(settings.file);
  if (!read.ok()) {
    fmt::print(stderr, "muxlab: {}\n", read.failure().message);
    return 1;
  }
  fmt::print("{}: is a configuration of muxlab\n", settings.file.string());
  return 0;
}

}  // namespace muxlab::server
