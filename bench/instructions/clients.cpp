#include "bench/instructions/clients.h"

#include <array>
#include <stdexcept>
#include <utility>
#include <variant>

#include "common/http2/endpoint.h"

namespace muxlab::bench {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

class Http1Client final : public Client {
 public:
  explicit Http1Client(const Load& load) : content_bytes_(load.content_bytes) {
    request_ = "GET " + std::string{path} + " HTTP/1.1\r\nhost: " + std::string{authority} + "\r\n";
    for (const auto [name, value] : request_fields(load)) {
      request_ += std::string{name} + ": " + std::string{value} + "\r\n";
    }
    request_ += "\r\n";
  }

  void ask(std::size_t count) override {
    require(count == 1, "HTTP/1.1 has one request at once");
    heard_.clear();
    output_.append(bytes_of(request_));
  }
  std::size_t answers() const override { return answers_; }

  void receive(Bytes bytes) override {
    heard_ += text_of(bytes);
    const std::size_t head = heard_.find("\r\n\r\n");
    if (head == std::string::npos || heard_.size() < head + 4 + content_bytes_) return;
    require(heard_.starts_with("HTTP/1.1 200 OK\r\n"), "an answer is not 200");
    require(heard_.size() == head + 4 + content_bytes_, "an answer is too long");
    ++answers_;
  }
  const ByteQueue& output() const override { return output_; }
  void sent(std::size_t count) override { output_.consume(count); }

 private:
  std::size_t content_bytes_;
  std::string request_;
  std::string heard_;
  std::size_t answers_ = 0;
  ByteQueue output_;
};

// Windows like a browser's: few WINDOW_UPDATE frames for a long answer.
constexpr http2::EndpointOptions wide_windows{.stream_window_bytes = 6 * 1024 * 1024,
                                              .connection_window_bytes = 15 * 1024 * 1024};

class Http2Client final : public Client {
 public:
  explicit Http2Client(const Load& load)
      : load_(load),
        fields_{
            {":method", "GET"}, {":scheme", "https"}, {":authority", authority}, {":path", path}},
        endpoint_(http2::Role::client, wide_windows) {
    for (const auto [name, value] : request_fields(load)) fields_.add(name, value);
    produce();
  }

  void ask(std::size_t count) override {
    for (std::size_t each = 0; each < count; ++each) {
      require(endpoint_.request(fields_, nullptr).ok(), "no new stream");
    }
    produce();
  }
  std::size_t answers() const override { return answers_; }

  void receive(Bytes bytes) override {
    require(endpoint_.receive(bytes).ok(), "the server broke HTTP/2");
    for (const http2::Event& event : endpoint_.take_events()) note(event);
    produce();
  }
  const ByteQueue& output() const override { return output_; }
  void sent(std::size_t count) override { output_.consume(count); }

 private:
  void produce() { endpoint_.produce(output_, output_limit_bytes); }

  void note(const http2::Event& event) {
    if (const auto* head = std::get_if<http2::HeadersReceived>(&event)) {
      require(head->fields.find(":status") == "200", "an answer is not 200");
    } else if (const auto* content = std::get_if<http2::ContentReceived>(&event)) {
      content_bytes_ += content->content.size();
    } else if (const auto* closed = std::get_if<http2::StreamClosed>(&event)) {
      require(closed->code == http2::ErrorCode::no_error, "a stream was reset");
      if (++answers_ % load_.streams_at_once != 0) return;
      require(content_bytes_ == answers_ * load_.content_bytes, "answers are not whole");
    } else {
      require(!std::holds_alternative<http2::GoawayReceived>(event), "the server goes away");
    }
  }

  Load load_;
  http::Headers fields_;
  http2::Endpoint endpoint_;
  ByteQueue output_;
  std::size_t answers_ = 0;
  std::size_t content_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Client> make_client(const Load& load) {
  if (load.protocol == Protocol::http2) return std::make_unique<Http2Client>(load);
  return std::make_unique<Http1Client>(load);
}

TlsClient::TlsClient(const Load& load, const tls::ClientIdentity& identity)
    : channel_(identity.connect("localhost")) {
  if (load.unit != Load::Unit::handshake) inner_ = make_client(load);
  open();  // says hello
}

void TlsClient::ask(std::size_t count) {
  inner_->ask(count);
  seal();
}

void TlsClient::receive(Bytes bytes) {
  input_.append(bytes);
  open();
  seal();
}

void TlsClient::open() {
  std::array<std::uint8_t, ByteQueue::block_bytes> room;
  while (true) {
    const Result<std::size_t> opened = channel_->open(input_, room, output_);
    require(opened.ok(), "the server broke TLS");
    if (opened.value() == 0) return;
    inner_->receive(Bytes{room}.first(opened.value()));
  }
}

void TlsClient::seal() {
  while (is_open() && inner_ && !inner_->output().empty()) {
    const Bytes piece = inner_->output().front();
    ByteQueue plaintext;
    plaintext.append(piece);
    inner_->sent(piece.size());
    require(channel_->seal(plaintext, output_, ByteQueue::block_bytes).ok(), "TLS has failed");
  }
}

}  // namespace muxlab::bench
