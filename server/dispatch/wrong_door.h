// Answers those who come to a port with what is not spoken there, in what they do speak, and names
// the way that leads on. Knows the two kinds of door; serves nothing.
#pragma once

#include "common/base/connection_facts.h"
#include "common/http/handler.h"
#include "common/http/service.h"

namespace muxlab::server::dispatch {

// HTTP in cleartext on a port that speaks TLS: 400 that names the https address.
class CleartextDoor final : public http::Handler {
 public:
  void answer(const http::Request& request, http::Responder& responder) override;
};

// HTTP/1.1 on a port that has HTTP/2 alone: 505 that says how to ask for it (RFC 9110
// section 15.6.6).
class OldVersionDoor final : public http::Handler {
 public:
  void answer(const http::Request& request, http::Responder& responder) override;
};

// Both, each as what a session asks. Date and log are those of the service that is missed.
class WrongDoors {
 public:
  explicit WrongDoors(const http::Service& missed)
      : for_cleartext_{cleartext_, missed.date, missed.log},
        for_old_version_{old_version_, missed.date, missed.log} {}
  WrongDoors(const WrongDoors&) = delete;  // the services name their handlers
  WrongDoors& operator=(const WrongDoors&) = delete;

  // Who answers on a connection whose dialect the port speaks, or not; null: it is the right door.
  const http::Service* instead(const ConnectionFacts& facts, bool spoken) const {
    if (facts.missed_tls) return &for_cleartext_;
    return spoken ? nullptr : &for_old_version_;
  }

 private:
  CleartextDoor cleartext_;
  OldVersionDoor old_version_;
  http::Service for_cleartext_;
  http::Service for_old_version_;
};

}  // namespace muxlab::server::dispatch
