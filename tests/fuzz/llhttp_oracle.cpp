#include "tests/fuzz/llhttp_oracle.h"

#include <llhttp.h>

#include "common/http1/characters.h"

namespace muxlab::test {
namespace {

struct Listener {
  LlhttpReading reading;
  int messages = 0;
};

Listener& listener(llhttp_t* parser) {
  return *static_cast<Listener*>(parser->data);
}

// A field with an empty value has no value callback but this one.
int end_value(llhttp_t* parser) {
  std::string& value = listener(parser).reading.values.back();
  value = http1::trimmed(value);
  return 0;
}

llhttp_settings_t settings() {
  llhttp_settings_t calls;
  llhttp_settings_init(&calls);
  calls.on_url = [](llhttp_t* parser, const char* at, std::size_t length) {
    listener(parser).reading.url.append(at, length);
    return 0;
  };
  calls.on_header_field = [](llhttp_t* parser, const char* at, std::size_t length) {
    LlhttpReading& reading = listener(parser).reading;
    if (reading.names.size() == reading.values.size()) reading.names.emplace_back();
    for (const char c : std::string_view{at, length}) reading.names.back() += http1::lowered(c);
    return 0;
  };
  calls.on_header_field_complete = [](llhttp_t* parser) {
    listener(parser).reading.values.emplace_back();
    return 0;
  };
  calls.on_header_value = [](llhttp_t* parser, const char* at, std::size_t length) {
    listener(parser).reading.values.back().append(at, length);
    return 0;
  };
  calls.on_header_value_complete = end_value;
  calls.on_body = [](llhttp_t* parser, const char* at, std::size_t length) {
    listener(parser).reading.content.append(at, length);
    return 0;
  };
  calls.on_message_complete = [](llhttp_t* parser) {
    ++listener(parser).messages;
    return 0;
  };
  return calls;
}

}  // namespace

LlhttpOutcome read_by_llhttp(Bytes message) {
  static const llhttp_settings_t calls = settings();
  Listener heard;
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &calls);
  parser.data = &heard;
  const std::string_view text = text_of(message);
  const llhttp_errno_t error = llhttp_execute(&parser, text.data(), text.size());
  // It stops behind a request that asks for another protocol, so that its caller may switch.
  const bool at_end =
      error == HPE_OK ||
      (error == HPE_PAUSED_UPGRADE && llhttp_get_error_pos(&parser) == text.data() + text.size());
  if (!at_end) {
    const char* reason = llhttp_get_error_reason(&parser);
    return {std::nullopt,
            std::string{llhttp_errno_name(error)} + ": " + (reason != nullptr ? reason : "")};
  }
  if (heard.messages != 1) {
    return {std::nullopt, std::to_string(heard.messages) + " messages where we see one"};
  }
  return {std::move(heard.reading), ""};
}

}  // namespace muxlab::test
