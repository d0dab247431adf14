// The clients that ask, and hold each answer against what it must be: a server that refused would
// be cheap. None of their instructions count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/instructions/end.h"
#include "bench/instructions/load.h"
#include "common/tls/client_identity.h"

namespace muxlab::bench {

class Client : public End {
 public:
  // So many requests of the load, at once where the protocol can.
  virtual void ask(std::size_t count) = 0;

  // How many answers have come whole. One that is wrong is thrown as a std::runtime_error.
  virtual std::size_t answers() const = 0;
};

// Without TLS.
std::unique_ptr<Client> make_client(const Load& load);

// The same in TLS, by a channel of ours.
class TlsClient final : public Client {
 public:
  TlsClient(const Load& load, const tls::ClientIdentity& identity);

  void ask(std::size_t count) override;
  std::size_t answers() const override { return inner_->answers(); }
  void receive(Bytes bytes) override;
  const ByteQueue& output() const override { return output_; }
  void sent(std::size_t count) override { output_.consume(count); }

  bool is_open() const { return channel_->state() == tls::Channel::State::open; }
  bool resumed() const { return channel_->facts()->resumed; }

 private:
  void open();
  void seal();

  std::unique_ptr<Client> inner_;
  std::unique_ptr<tls::Channel> channel_;
  ByteQueue input_;
  ByteQueue output_;
};

}  // namespace muxlab::bench
