#include "bench/instructions/muxlab_ends.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "server/dispatch/dispatch.h"

namespace muxlab::bench {
namespace {

constexpr Instant now{};  // nothing here takes any time

ConnectionFacts facts_of_a_client() {
  ConnectionFacts facts;
  facts.id = 1;
  facts.client_address = "127.0.0.1";
  return facts;
}

// The session and nothing else.
class SessionEnd final : public ProducingEnd {
 public:
  SessionEnd(const connection::SessionChooser& choose, Protocol protocol)
      : facts_(facts_of_a_client()) {
    facts_.tls.emplace();
    facts_.tls->alpn = name_of(protocol);
    session_ = choose(facts_, {}, now);
  }

  void receive(Bytes bytes) override {
    if (!session_->receive(bytes, now).ok()) throw std::runtime_error("the session has failed");
    produce();
  }

 private:
  void produce() override {
    if (output_.size() >= output_limit_bytes) return;
    session_->produce(output_, output_limit_bytes - output_.size(), now);
  }

  ConnectionFacts facts_;
  std::unique_ptr<http::Session> session_;
};

// TLS and nothing above it.
class ChannelEnd final : public End {
 public:
  explicit ChannelEnd(const tls::ServerIdentity& identity) : channel_(identity.accept()) {}

  void receive(Bytes bytes) override {
    input_.append(bytes);
    std::array<std::uint8_t, 1024> room;
    if (!channel_->open(input_, room, output_).ok()) throw std::runtime_error("TLS has failed");
  }
  const ByteQueue& output() const override { return output_; }
  void sent(std::size_t count) override { output_.consume(count); }

 private:
  std::unique_ptr<tls::Channel> channel_;
  ByteQueue input_;
  ByteQueue output_;
};

// All of it, as a worker has it.
class ConnectionEnd final : public End {
 public:
  ConnectionEnd(const tls::ServerIdentity& identity, const connection::SessionChooser& choose)
      : connection_(identity.accept(), facts_of_a_client(), choose, {}, now) {}

  void receive(Bytes bytes) override {
    connection_.receive(bytes, now);
    pump();
  }
  const ByteQueue& output() const override { return connection_.output(); }
  void sent(std::size_t count) override {
    connection_.sent(count, now);
    pump();
  }

 private:
  void pump() {
    if (connection_.pump(now) == connection::Verdict::abort) {
      throw std::runtime_error(connection_.trouble());
    }
  }

  connection::Connection connection_;
};

}  // namespace

void OneAnswer::answer(const http::Request&, http::Responder& responder) {
  http::Response response;
  response.headers = fields_;
  response.content_length = content_->size();
  response.body = std::make_unique<http::SharedBody>(content_);
  responder.respond(std::move(response));
}

MuxlabServer::MuxlabServer(const Load& load, const tls::ServerIdentity& identity)
    : load_(load),
      identity_(identity),
      handler_(load),
      date_(std::chrono::sys_seconds{}),
      service_{handler_, date_},
      choose_(server::dispatch::chooser(
          service_, {.http1 = server::http1::Options{}, .http2 = server::http2::Options{}})) {}

std::unique_ptr<End> MuxlabServer::accept() const {
  if (load_.unit == Load::Unit::handshake) return std::make_unique<ChannelEnd>(identity_);
  if (load_.tls) return std::make_unique<ConnectionEnd>(identity_, choose_);
  return std::make_unique<SessionEnd>(choose_, load_.protocol);
}

}  // namespace muxlab::bench
