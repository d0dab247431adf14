#include "server/tap/exchanges.h"

#include <utility>

#include "common/http/field_text.h"

namespace muxlab::server::tap {
namespace {

std::uint64_t plain_bytes(const trace::HeaderBlock& block) {
  std::uint64_t bytes = 0;
  for (const trace::FieldLine& line : block.fields) bytes += line.plain_bytes();
  return bytes;
}

}  // namespace

std::optional<std::string_view> value_of(const trace::HeaderBlock& block, std::string_view name) {
  for (const trace::FieldLine& line : block.fields) {
    if (http::equals_ignoring_case(line.name, name)) return line.value;
  }
  return std::nullopt;
}

trace::Exchange* Exchanges::find(Index index) {
  return index ? writer_.exchange(*index) : nullptr;
}

Exchanges::Index Exchanges::begin(Request request, const Fields& fields, const Span& span) {
  trace::Exchange exchange;
  exchange.nth = ++count_;
  exchange.stream = request.stream == 0 ? count_ : request.stream;
  exchange.method = std::move(request.method);
  exchange.path = std::move(request.path);
  exchange.pushed = request.pushed;
  exchange.promised_on = request.promised_on;
  exchange.priority =
      value_of(fields.block, "priority").value_or("").substr(0, most_priority_bytes);
  exchange.sent = span.first.sent;
  if (!request.pushed) exchange.received = span.last.received;
  exchange.request_headers_plain = plain_bytes(fields.block);
  exchange.request_headers = fields.bytes;

  const std::size_t index = writer_.add(std::move(exchange));
  if (request.pushed) writer_.expect(span.last.wire_end, {Expected::What::promise, index});
  writer_.tell(News::What::request, index);
  return index;
}

void Exchanges::add_request_fields(Index index, const Fields& fields) {
  trace::Exchange* const exchange = find(index);
  if (exchange == nullptr) return;
  exchange->request_headers_plain += plain_bytes(fields.block);
  exchange->request_headers += fields.bytes;
}

void Exchanges::add_request_content(Index index, std::uint64_t bytes) {
  if (trace::Exchange* const exchange = find(index)) exchange->request_body += bytes;
}

void Exchanges::add_answer_fields(Index index, const Fields& fields) {
  trace::Exchange* const exchange = find(index);
  if (exchange == nullptr) return;
  exchange->response_headers_plain += plain_bytes(fields.block);
  exchange->response_headers += fields.bytes;
}

void Exchanges::answer(Index index, int status, const Fields& fields, const Moment& first) {
  trace::Exchange* const exchange = find(index);
  if (exchange == nullptr) return;
  add_answer_fields(index, fields);
  exchange->status = status;
  exchange->first_byte_written = first.sent;
  if (const auto priority = value_of(fields.block, "priority")) prioritize(index, *priority);
  writer_.expect(first.wire_end, {Expected::What::first_byte, *index});
}

void Exchanges::add_content(Index index, std::uint64_t bytes) {
  if (trace::Exchange* const exchange = find(index)) exchange->body += bytes;
}

void Exchanges::complete(Index index, const Moment& last) {
  trace::Exchange* const exchange = find(index);
  if (exchange == nullptr || exchange->complete || exchange->error) return;
  exchange->complete = true;
  exchange->last_byte_written = last.sent;
  writer_.tell(News::What::answered, *index);
  writer_.expect(last.wire_end, {Expected::What::last_byte, *index});
}

// What is complete is over when it has landed, though nobody may want it any more.
void Exchanges::reset(Index index, std::uint32_t code) {
  trace::Exchange* const exchange = find(index);
  if (exchange == nullptr || exchange->error) return;
  exchange->error = code;
  if (!exchange->complete) writer_.tell_over(*index);
}

void Exchanges::prioritize(Index index, std::string_view priority) {
  trace::Exchange* const exchange = find(index);
  if (exchange != nullptr) exchange->priority = priority.substr(0, most_priority_bytes);
}

}  // namespace muxlab::server::tap
