// Why a message is not accepted, whichever dialect carried it: the status to answer with, and one
// sentence for whoever sent it.
#pragma once

#include <string_view>

namespace muxlab::http {

struct Refusal {
  int status;
  std::string_view reason;  // a literal
};

}  // namespace muxlab::http
