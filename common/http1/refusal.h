// Why a message is not accepted: the status to answer with, and one sentence for whoever sent it.
#pragma once

#include <string_view>

namespace muxlab::http1 {

struct Refusal {
  int status;
  std::string_view reason;  // a literal
};

}  // namespace muxlab::http1
