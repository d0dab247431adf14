// What the program can be told to do. Each gives the exit code.
#pragma once

#include <string>

#include "server/configuration/settings.h"

namespace muxlab::server {

// Serves until SIGTERM or SIGINT, then drains; SIGHUP makes it read its files again. Prints the
// addresses once all ports are open.
int serve(const configuration::ServeSettings& settings, const std::string& version);

// Shows the local certificates and how to trust them; makes them when there are none.
int show_certificates(const configuration::CertsSettings& settings);

// Puts a new key in front of those in the file of session-ticket keys, or makes it.
int rotate_tickets(const configuration::TicketsSettings& settings);

// Prints an example, the schema or the tables of the configuration, or checks a file.
int show_configuration(const configuration::ConfigSettings& settings);

}  // namespace muxlab::server
