#include "server/logs/access_log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <iterator>

#include "server/logs/log_pipe.h"

namespace muxlab::server::logs {
namespace {

// Written when this much is gathered; whole lines in one write are not torn by another worker's
// (O_APPEND).
constexpr std::size_t flush_bytes = 32 * 1024;

// A target is at most 8 KiB, and a log line must not be.
constexpr std::size_t logged_target_bytes = 512;
constexpr std::size_t logged_method_bytes = 32;

// As many lines as one write to a pipe takes whole.
std::string_view whole_lines(std::string_view lines) {
  if (lines.size() <= PIPE_BUF) return lines;
  return lines.substr(0, lines.rfind('\n', PIPE_BUF - 1) + 1);
}

}  // namespace

Result<AccessLog> AccessLog::open(const std::string& file) {
  const int number = file == "-"
                         ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                         : ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (number < 0) {
    return Failure{fmt::format("{}: can't be written: {}; give --access-log another file", file,
                               std::strerror(errno))};
  }
  return AccessLog{net::Descriptor{number}};
}

void AccessLog::add(const http::FinishedExchange& exchange) {
  using std::chrono::system_clock;
  const auto time = std::chrono::floor<std::chrono::milliseconds>(system_clock::now());
  const auto part = time.time_since_epoch() % 1s;
  fmt::format_to(std::back_inserter(lines_), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} c{} {} ",
                 fmt::gmtime(system_clock::to_time_t(time)),
                 std::chrono::duration_cast<std::chrono::milliseconds>(part).count(),
                 exchange.connection.client_address, exchange.connection.id, exchange.nth);
  if (exchange.stream == 0) {
    lines_ += '-';
  } else {
    fmt::format_to(std::back_inserter(lines_), "{}", exchange.stream);
  }
  fmt::format_to(std::back_inserter(lines_), " {} {} {} {}{} {} {:.3f}\n",
                 name_of(exchange.protocol), exchange.method.substr(0, logged_method_bytes),
                 exchange.target.substr(0, logged_target_bytes), exchange.status,
                 exchange.complete ? "" : "!", exchange.body_bytes, milliseconds(exchange.took));
  if (lines_.size() >= flush_bytes) flush();
}

void AccessLog::flush() {
  std::string_view rest = lines_;
  while (!rest.empty() && takes_more(descriptor_.number())) {
    const std::string_view piece = whole_lines(rest);
    const ssize_t written = write(descriptor_.number(), piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lines_.clear();
}

}  // namespace muxlab::server::logs
