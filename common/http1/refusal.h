// Why an HTTP/1 message is not accepted.
#pragma once

#include "common/http/refusal.h"

namespace muxlab::http1 {

using http::Refusal;

}  // namespace muxlab::http1
