// An OpenSSL BIO, the thing an SSL reads from and writes to, over byte queues: what the SSL reads
// is consumed from one queue, what it writes is appended to another. Never blocks, never ends.
#pragma once

#include "common/base/byte_queue.h"

struct bio_st;

namespace muxlab::tls {

// The queues of the call in progress; between calls there are none, and a BIO without a queue to
// read from has nothing to give.
struct WireQueues {
  ByteQueue* in = nullptr;
  ByteQueue* out = nullptr;
};

// Gives a BIO for SSL_set_bio, which takes it over; null when memory is out. `queues` must outlive
// it.
bio_st* new_queue_bio(WireQueues& queues);

}  // namespace muxlab::tls
