// Reads requests and their content with our codec, one after another, the way a session does, and
// keeps what it has read. For comparing: with the same bytes cut elsewhere, and with another
// parser.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/http1/chunk_decoder.h"
#include "common/http1/request_head.h"

namespace muxlab::test {

struct ReadMessage {
  std::string method;
  std::string target;  // as the codec gives it: the path, or "*"
  std::vector<std::pair<std::string, std::string>> fields;
  std::string content;
  std::vector<std::pair<std::string, std::string>> trailers;
  std::size_t begin = 0;  // in the input; its end is where the last byte was taken
  std::size_t end = 0;
  bool operator==(const ReadMessage&) const = default;
};

class MessageReader {
 public:
  enum class End {
    none,     // more input may follow
    refused,  // `refusal_status` and `refused_at` say how
    closed,   // the last message was the connection's last, or of a method that gets 501
  };

  // `input` is all that has arrived so far, what was fed before included.
  void feed(Bytes input);

  const std::vector<ReadMessage>& messages() const { return messages_; }
  End end() const { return end_; }
  int refusal_status() const { return refusal_status_; }

  // The same messages, the same end.
  bool operator==(const MessageReader& other) const;

 private:
  bool read_head(Bytes input);
  bool read_content(Bytes input);
  bool read_chunks(Bytes input);
  bool refuse(const http1::Refusal& refusal);
  bool complete();

  std::size_t position_ = 0;  // of the input, taken
  std::optional<http1::RequestHeadParser> head_parser_;
  http1::BodyFraming framing_;
  http1::ChunkDecoder chunks_;
  bool in_content_ = false;
  bool persistent_ = true;
  ReadMessage message_;  // being read

  std::vector<ReadMessage> messages_;
  End end_ = End::none;
  int refusal_status_ = 0;
};

}  // namespace muxlab::test
