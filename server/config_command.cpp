#include <fmt/format.h>

#include "server/commands.h"
#include "server/config_report.h"
#include "server/configuration/file.h"

namespace muxlab::server {

int show_configuration(const configuration::ConfigSettings& settings) {
  switch (settings.what) {
    case configuration::ConfigSettings::What::example:
      fmt::print("{}", configuration_example());
      return 0;
    case configuration::ConfigSettings::What::schema:
      fmt::print("{}", configuration_schema());
      return 0;
    case configuration::ConfigSettings::What::tables:
      fmt::print("{}", configuration_tables());
      return 0;
    case configuration::ConfigSettings::What::manual:
      fmt::print("{}", configuration_manual());
      return 0;
    case configuration::ConfigSettings::What::check:
      break;
  }
  const auto read = configuration::read_configuration(settings.file);
  if (!read.ok()) {
    fmt::print(stderr, "muxlab: {}\n", read.failure().message);
    return 1;
  }
  fmt::print("{}: is a configuration of muxlab\n", settings.file.string());
  return 0;
}

}  // namespace muxlab::server
