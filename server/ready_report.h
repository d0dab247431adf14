// What the program says once it serves: where, for a person or for a script.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/tls/certificate_summary.h"
#include "server/lab/lane.h"

namespace muxlab::server {

struct ReadyReport {
  std::string version;
  std::filesystem::path authority;  // the CA to trust; empty when the certificate is the user's own
  tls::CertificateSummary certificate;
  std::vector<std::string> addresses;  // as configured; empty: this machine only
  std::vector<std::string> names;      // that clients may know the server by
  std::vector<lab::Lane> endpoints;    // site, plain, the lanes, console
  std::string page;                    // what to open there: "mosaic/"; empty: the front page
};

// One line.
std::string as_json(const ReadyReport& report);

// For a terminal of 80 columns; the protocols in their two colours if `colour`.
std::string as_text(const ReadyReport& report, bool colour);

// Standard output is a terminal, and nobody asked for none (https://no-color.org).
bool wants_colour();

}  // namespace muxlab::server
