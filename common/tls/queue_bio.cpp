#include "common/tls/queue_bio.h"

#include <openssl/bio.h>

#include <algorithm>
#include <cassert>

namespace muxlab::tls {
namespace {

WireQueues& queues_of(BIO* bio) {
  return *static_cast<WireQueues*>(BIO_get_data(bio));
}

// The callbacks are noexcept: an exception must not cross OpenSSL's C frames, so running out of
// memory here ends the program.

int read_from_queue(BIO* bio, char* room, int room_bytes) noexcept {
  BIO_clear_retry_flags(bio);
  ByteQueue* const wire = queues_of(bio).in;
  std::size_t wanted = static_cast<std::size_t>(std::max(room_bytes, 0));
  char* next = room;
  while (wire != nullptr && !wire->empty() && wanted > 0) {
    const Bytes piece = wire->front().first(std::min(wanted, wire->front().size()));
    next = std::copy(piece.begin(), piece.end(), next);
    wanted -= piece.size();
    wire->consume(piece.size());
  }
  if (next != room) return static_cast<int>(next - room);
  BIO_set_retry_read(bio);  // nothing now; more may come
  return -1;
}

int append_to_queue(BIO* bio, const char* bytes, int byte_count) noexcept {
  BIO_clear_retry_flags(bio);
  ByteQueue* const wire = queues_of(bio).out;
  assert(wire != nullptr);
  if (byte_count > 0) wire->append(bytes_of({bytes, static_cast<std::size_t>(byte_count)}));
  return byte_count;
}

long control(BIO*, int command, long, void*) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // appended is flushed; no other command means anything
}

int create(BIO* bio) noexcept {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD* make_method() {
  BIO_METHOD* const method =
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "byte queues");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, read_from_queue);
  BIO_meth_set_write(method, append_to_queue);
  BIO_meth_set_ctrl(method, control);
  BIO_meth_set_create(method, create);
  return method;
}

}  // namespace

bio_st* new_queue_bio(WireQueues& queues) {
  static BIO_METHOD* const method = make_method();  // one for all, as long as the program lives
  BIO* const bio = method != nullptr ? BIO_new(method) : nullptr;
  if (bio != nullptr) BIO_set_data(bio, &queues);
  return bio;
}

}  // namespace muxlab::tls
