// OpenSSL keeps its errors in a queue per thread, where one connection's failure would be read as
// the next one's. Whoever sees a call fail takes the error at once and leaves the queue empty.
#pragma once

#include <string>

namespace muxlab::tls {

// OpenSSL's reason for the failure just seen on this thread: "no shared cipher". Empties the queue.
std::string take_openssl_error();

}  // namespace muxlab::tls
